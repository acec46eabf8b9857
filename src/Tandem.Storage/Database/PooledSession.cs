using System.Data.Common;

namespace Tandem.Storage.Database;

/// <summary>Takes a connection of the pool for each transaction, so that one that broke is not met again.</summary>
internal sealed class PooledSession(TandemDatabase database) : WriteSession
{
    private DbConnection? _connection;
    private DbTransaction? _transaction;
    private RowWriter? _rows;

    public override bool TakesArrays => _rows!.TakesArrays;

    public override void Begin()
    {
        _connection = database.Connect();
        _transaction = _connection.BeginTransaction();
        _rows = new RowWriter(_connection, _transaction);
    }

    public override bool Finds(string sql) => _rows!.Finds(sql);

    public override void Execute<T>(string sql, IReadOnlyList<T> rows, Action<T>? affected = null) => _rows!.Execute(sql, rows, affected);

    public override void Insert<T>(TableInsert into, IReadOnlyList<T> rows, Action<T>? affected = null) => _rows!.Insert(into, rows, affected);

    public override void Commit()
    {
        _transaction!.Commit();
        Dispose();
    }

    public override void Dispose()
    {
        _transaction?.Dispose();
        _connection?.Dispose();
        _transaction = null;
        _connection = null;
        _rows = null;
    }
}
