using Microsoft.Data.Sqlite;

namespace Tandem.Storage.Database;

/// <summary>
/// A connection whose opening and closing takes turns with those of all others in the process. The provider's pool marks a handle as lent
/// before it notes to whom, and as free after it has forgotten that; another thread that opens in between takes the handle for one that
/// was lost, and lends it a second time (dotnet/efcore issue 39008): two transactions in one.
/// </summary>
internal sealed class SqliteFileConnection(string connectionString) : SqliteConnection(connectionString)
{
    // One for all files, as the pools of the provider are of the process.
    internal static readonly Lock Gate = new();

    /// <inheritdoc/>
    public override void Open()
    {
        lock (Gate)
            base.Open();
    }

    /// <inheritdoc/>
    public override void Close()
    {
        lock (Gate)
            base.Close();
    }

    /// <summary>Closes what the pool of this connection's file holds.</summary>
    public void ForgetPool()
    {
        lock (Gate)
            ClearPool(this);
    }
}
