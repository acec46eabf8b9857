namespace Tandem.Storage;

/// <summary>Storage cannot start or do what was asked, for a reason that the operator can mend. The message is one line for people.</summary>
public sealed class StorageException : Exception
{
    public StorageException(string message)
        : base(message)
    {
    }

    public StorageException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
