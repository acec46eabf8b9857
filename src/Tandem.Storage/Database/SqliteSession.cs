using Microsoft.Data.Sqlite;

namespace Tandem.Storage.Database;

/// <summary>
/// Keeps one connection and its compiled statements, and binds by number: the provider compiles anew for each command and looks
/// each parameter up by name for each row, which costs more than the write itself.
/// </summary>
internal sealed class SqliteSession(SqliteConnection connection) : WriteSession
{
    // The statements are constants, so the same text is the same object.
    private readonly Dictionary<string, SqliteStatement> _statements = new(ReferenceEqualityComparer.Instance);

    // IMMEDIATE takes the lock at once: a lock that is asked for later, after a read, may be refused without waiting.
    public override void Begin() => Statement("BEGIN IMMEDIATE").Run();

    public override bool Finds(string sql) => Statement(sql).FindsRow();

    public override void Execute<T>(string sql, IReadOnlyList<T> rows, Action<T>? affected = null)
    {
        if (rows.Count == 0)
            return;

        var statement = Statement(sql);
        for (var i = 0; i < rows.Count; i++)
        {
            var parameters = new RowParameters(statement);
            rows[i].Bind(ref parameters);
            if (statement.Run() > 0)
                affected?.Invoke(rows[i]);
        }
    }

    public override void Commit() => Statement("COMMIT").Run();

    public override void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();

        _statements.Clear();

        // The connection goes back to the pool: it must not take an open transaction along.
        if (connection.Handle is { IsInvalid: false } handle && SQLitePCL.raw.sqlite3_get_autocommit(handle) == 0)
            SQLitePCL.raw.sqlite3_exec(handle, "ROLLBACK");
        connection.Dispose();
    }

    private SqliteStatement Statement(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements[sql] = statement = new SqliteStatement(connection.Handle!, sql);
        return statement;
    }
}
