namespace Tandem.Storage.Database;

/// <summary>Runs statements for many rows in the transaction of whoever made it.</summary>
internal interface IRowWriter
{
    /// <summary>True where a statement takes arrays, so that one can write many rows (PostgreSQL).</summary>
    bool TakesArrays { get; }

    /// <summary>Runs <paramref name="sql"/>, a constant of the program, for each row.</summary>
    /// <param name="affected">When given, called with each row that changed something.</param>
    void Execute<T>(string sql, IReadOnlyList<T> rows, Action<T>? affected = null)
        where T : IRow;

    /// <summary>Tells whether a SELECT without parameters, a constant of the program, finds a row; it sees what the transaction sees.</summary>
    bool Finds(string sql);

    /// <summary>Adds rows to a table; one whose key is there already changes nothing.</summary>
    /// <param name="affected">When given, called with each row that was new.</param>
    void Insert<T>(TableInsert into, IReadOnlyList<T> rows, Action<T>? affected = null)
        where T : IKeyedRow;
}
