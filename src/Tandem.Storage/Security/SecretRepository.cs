using Tandem.Storage.Database;

namespace Tandem.Storage.Security;

/// <summary>Base of repositories that keep secrets: the database, the key that seals them, and the time of changes.</summary>
public abstract class SecretRepository
{
    private protected SecretRepository(TandemDatabase database, SecretBox box, TimeProvider time)
    {
        Database = database;
        Box = box;
        Time = time;
    }

    private protected TandemDatabase Database { get; }

    private protected SecretBox Box { get; }

    private protected TimeProvider Time { get; }
}
