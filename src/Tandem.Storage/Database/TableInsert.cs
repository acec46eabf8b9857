namespace Tandem.Storage.Database;

/// <summary>How new rows come into a table: by a statement for each, or by COPY where the database has it. A row whose key is there already changes nothing.</summary>
internal sealed class TableInsert
{
    /// <param name="table">The table.</param>
    /// <param name="key">The columns of its key, separated by commas; the first alone finds the rows of a batch that are there already.</param>
    /// <param name="columns">All columns that a row binds, in that order, separated by commas. Its parameters have the names of the columns.</param>
    public TableInsert(string table, string key, string columns)
    {
        Columns = columns.Split(',', StringSplitOptions.TrimEntries);
        var list = string.Join(", ", Columns);
        Sql = $"INSERT INTO {table} ({list}) VALUES ({string.Join(", ", Columns.Select(column => "@" + column))}) ON CONFLICT ({key}) DO NOTHING";
        CopySql = $"COPY {table} ({list}) FROM STDIN (FORMAT BINARY)";
        var keys = key.Split(',');
        HasOneKey = keys.Length == 1;
        var first = keys[0];
        KnownSql = $"SELECT DISTINCT {first} FROM {table} WHERE {first} = ANY(@keys)";
    }

    public string[] Columns { get; }

    /// <summary>The first column of the key is all of it.</summary>
    public bool HasOneKey { get; }

    /// <summary>The statement for one row; always the same object, so that it is prepared once.</summary>
    public string Sql { get; }

    /// <summary>The COPY of PostgreSQL.</summary>
    public string CopySql { get; }

    /// <summary>Asks which of the keys of a batch (<c>@keys</c>) are there.</summary>
    public string KnownSql { get; }
}
