namespace Tandem.Storage.Database;

/// <summary>
/// One transaction after the other for the thread that writes. After an exception the session is disposed, which undoes what
/// was not committed, and a new one is opened.
/// </summary>
internal abstract class WriteSession : IRowWriter, IDisposable
{
    public virtual bool TakesArrays => false;

    public abstract void Begin();

    public abstract bool Finds(string sql);

    public abstract void Execute<T>(string sql, IReadOnlyList<T> rows, Action<T>? affected = null)
        where T : IRow;

    public virtual void Insert<T>(TableInsert into, IReadOnlyList<T> rows, Action<T>? affected = null)
        where T : IKeyedRow => Execute(into.Sql, rows, affected);

    public abstract void Commit();

    public abstract void Dispose();
}
