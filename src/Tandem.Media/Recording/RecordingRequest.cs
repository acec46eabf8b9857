namespace Tandem.Media.Recording;

/// <summary>A recording to make.</summary>
/// <param name="Id">Its name, which events carry.</param>
/// <param name="Path">The file; its folder is made, the file must not exist.</param>
/// <param name="Key">The tenant's key.</param>
/// <param name="Format">What it becomes.</param>
/// <param name="Channels">What it keeps.</param>
/// <param name="StartedAt">When it began, for the file.</param>
public sealed record RecordingRequest(
    string Id,
    string Path,
    RecordingKey Key,
    RecordingFormat Format,
    RecordingChannels Channels,
    DateTimeOffset StartedAt);
