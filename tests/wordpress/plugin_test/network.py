def run(site):
    pass
