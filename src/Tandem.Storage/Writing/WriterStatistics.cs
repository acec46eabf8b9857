namespace Tandem.Storage.Writing;

/// <summary>How the writer stands.</summary>
/// <param name="QueueLength">Writes that wait in memory.</param>
/// <param name="Spilled">Writes that wait in the spill file.</param>
/// <param name="SpillBytes">Size of the spill file.</param>
/// <param name="Written">Writes committed since the start.</param>
/// <param name="Commits">Transactions committed since the start.</param>
/// <param name="Failures">Attempts that failed because the database was away, full or read-only.</param>
/// <param name="Rejected">Rows that the database refuses for their content; they are in the file of rejected rows.</param>
/// <param name="Lost">Writes dropped because memory and spill file were both full.</param>
/// <param name="IsAway">True while the last attempt failed.</param>
/// <param name="LastFailure">The text of the last failure; empty when there was none.</param>
public sealed record WriterStatistics(
    long QueueLength,
    long Spilled,
    long SpillBytes,
    long Written,
    long Commits,
    long Failures,
    long Rejected,
    long Lost,
    bool IsAway,
    string LastFailure);
