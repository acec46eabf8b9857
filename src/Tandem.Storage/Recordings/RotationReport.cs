namespace Tandem.Storage.Recordings;

/// <summary>What a rotation of the master key did.</summary>
/// <param name="Wrapped">Keys of tenants that it wrapped anew.</param>
/// <param name="Kept">Keys that the current master key had wrapped already.</param>
/// <param name="Unreadable">Keys that no master key at hand unwraps; they were left as they are.</param>
/// <param name="File">The file of the current master key; null when it was given.</param>
/// <param name="Removed">Files of master keys that are gone.</param>
public sealed record RotationReport(int Wrapped, int Kept, int Unreadable, string? File, IReadOnlyList<string> Removed);
