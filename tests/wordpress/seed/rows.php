<?php

/** Rows of one table, on their way into it by inserts of many rows each. */
final class Rows
{
    public static mysqli $db;

    private const BYTES_MAX = 1 << 20; // well below what MariaDB takes in one statement (16 MiB)

    private string $values = '';

    /** @param string $columns separated by commas, in the order in which `add` takes the values */
    public function __construct(private readonly string $table, private readonly string $columns)
    {
    }

    public function add(string|int|null ...$values): void
    {
        $row = implode(',', array_map(self::literal(...), $values));
        $this->values .= ($this->values === '' ? '' : ',') . "($row)";
        if (strlen($this->values) > self::BYTES_MAX) {
            $this->flush();
        }
    }

    public function flush(): void
    {
        if ($this->values !== '') {
            self::sql("INSERT INTO {$this->table} ({$this->columns}) VALUES {$this->values}");
            $this->values = '';
        }
    }

    public static function sql(string $sql): mysqli_result|bool
    {
        return self::$db->query($sql);
    }

    /** The next number that a table's key will give. */
    public static function next_id(string $table, string $key): int
    {
        return 1 + (int) self::sql("SELECT MAX($key) FROM $table")->fetch_row()[0];
    }

    private static function literal(string|int|null $value): string
    {
        return match (true) {
            $value === null => 'NULL',
            is_int($value) => (string) $value,
            default => "'" . self::$db->real_escape_string($value) . "'",
        };
    }
}
