namespace Tandem.Storage.Recordings;

/// <summary>How far a rotation of the master key came; after each of them it may break off and nothing is lost.</summary>
internal enum RotationStep
{
    /// <summary>The new key is on the disk, or was given.</summary>
    HasKey,

    /// <summary>One key of a tenant is wrapped anew; the transaction is open.</summary>
    Wrapped,

    /// <summary>All are: the transaction is committed.</summary>
    Committed,

    /// <summary>A file of a key that nothing needs any more is gone.</summary>
    Removed,
}
