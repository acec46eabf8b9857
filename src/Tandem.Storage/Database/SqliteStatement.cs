using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Tandem.Storage.Database;

/// <summary>
/// A compiled statement that runs again and again. Parameters are bound in the order of the row; the first row finds the number
/// of each by its name. For one thread.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    // Up to this length text is encoded on the stack: everything but the body of an event.
    private const int StackLimit = 512;

    // A hint that the statement is kept, so SQLite takes its memory from elsewhere (sqlite3_prepare_v3).
    private const uint Persistent = 1;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly List<int> _numbers = [];

    /// <exception cref="SqliteException">The text is no statement of this database.</exception>
    public SqliteStatement(sqlite3 database, string sql)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v3(database, sql, Persistent, out _statement));
    }

    public void Bind(int position, string name, string value)
    {
        if (value.Length > StackLimit)
        {
            BindUtf8(position, name, Encoding.UTF8.GetBytes(value));
            return;
        }

        Span<byte> bytes = stackalloc byte[3 * StackLimit];
        BindUtf8(position, name, bytes[..Encoding.UTF8.GetBytes(value, bytes)]);
    }

    /// <summary>Binds text that is UTF-8 already; SQLite copies it.</summary>
    public void BindUtf8(int position, string name, ReadOnlySpan<byte> value)
    {
        // An empty span has no address, which SQLite takes for NULL.
        Check(value.IsEmpty
            ? raw.sqlite3_bind_text(_statement, Number(position, name), "")
            : raw.sqlite3_bind_text(_statement, Number(position, name), value));
    }

    public void Bind(int position, string name, long value) => Check(raw.sqlite3_bind_int64(_statement, Number(position, name), value));

    public void BindNull(int position, string name) => Check(raw.sqlite3_bind_null(_statement, Number(position, name)));

    /// <summary>Runs it to its end.</summary>
    /// <returns>How many rows it changed; of use after an INSERT, UPDATE or DELETE only.</returns>
    /// <exception cref="SqliteException">It failed; it can run again.</exception>
    public int Run()
    {
        try
        {
            Check(raw.sqlite3_step(_statement));
            return raw.sqlite3_changes(_database);
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    /// <summary>Runs it to its first row, if there is one.</summary>
    /// <exception cref="SqliteException">It failed; it can run again.</exception>
    public bool FindsRow()
    {
        try
        {
            var result = raw.sqlite3_step(_statement);
            Check(result);
            return result == raw.SQLITE_ROW;
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    public void Dispose() => _statement.Dispose();

    private int Number(int position, string name)
    {
        if (position == _numbers.Count)
        {
            var number = raw.sqlite3_bind_parameter_index(_statement, "@" + name);
            if (number == 0)
                throw new InvalidOperationException($"the statement has no parameter {name}");
            _numbers.Add(number);
        }

        return _numbers[position];
    }

    // OK, ROW and DONE are no failures.
    private void Check(int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
            SqliteException.ThrowExceptionForRC(result & 0xFF, _database);
    }
}
