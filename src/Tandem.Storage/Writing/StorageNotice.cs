namespace Tandem.Storage.Writing;

/// <summary>What the writer has to tell the operator; the server logs it.</summary>
public enum StorageNotice
{
    /// <summary>Writing failed; calls go on and the writer tries again.</summary>
    DatabaseAway,

    /// <summary>Writing works again.</summary>
    DatabaseBack,

    /// <summary>The queue is longer than memory should hold, and goes to the spill file.</summary>
    Spilling,

    /// <summary>A row was refused for its content.</summary>
    RowRejected,

    /// <summary>Writes were dropped: database away, spill file full or not writable.</summary>
    WritesLost,
}
