"""The real binary as a server with an administrator's token, for the benchmarks that are not written in Rust."""
import json
import re
import subprocess
import urllib.request


class Server:
    def __init__(self, binary, data, environment):
        issue = [binary, "tokens", "issue", "--name", "bench", "--role", "administrator", "--data", data]
        issued = subprocess.run(issue, env=environment, capture_output=True, text=True, check=True)
        self.token = re.search(r"pit_[\w-]+", issued.stdout).group(0)
        serve = [binary, "serve", "--data", data, "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(serve, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if "listening on " in line:
                self.url = line.split("listening on ")[1].strip()
                self.address = self.url.removeprefix("http://")
                return
        raise SystemExit("the server did not start")

    def api(self, method, path, body=None):
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def stop(self):
        self.process.terminate()
        self.process.wait()
