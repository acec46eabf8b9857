namespace Tandem.Calls.Recording;

/// <summary>What is recorded of a tenant, an extension, a trunk, a queue or a room. Immutable.</summary>
public sealed record RecordingRule
{
    /// <summary>Only what somebody asks for: what holds where nothing has been set.</summary>
    public static readonly RecordingRule Default = new();

    /// <summary>All of it, as for an extension that is set to be recorded.</summary>
    public static readonly RecordingRule Everything = new() { Mode = RecordingMode.Always };

    private const int LongestSound = 64;

    public RecordingMode Mode { get; init; } = RecordingMode.OnDemand;

    /// <summary>Of a hundred calls so many, for <see cref="RecordingMode.Percent"/>. Default 100.</summary>
    public int Percent { get; init; } = 100;

    /// <summary>A sound of the tenant that both sides hear before anything is kept; empty for none, as in a room. The record has the time at which it ended.</summary>
    public string Announcement { get; init; } = "";

    /// <summary>Names the first value that cannot work for a <see cref="RecordingScope"/>, or null.</summary>
    public string? Problem(string scope)
    {
        if (Percent is < 0 or > 100)
            return "percent: 0 to 100 is expected";
        if (Announcement.Length > 0 && RecordingScope.IsRoom(scope))
            return "announcement: none is played in a room; its greeting may say that it is recorded";

        return Announcement.Length > LongestSound ? $"announcement: the name of a sound, at most {LongestSound} characters, is expected" : null;
    }
}
