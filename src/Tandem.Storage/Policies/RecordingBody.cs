using Tandem.Calls.Recording;

namespace Tandem.Storage.Policies;

/// <summary>A rule of recording as JSON in the database.</summary>
internal sealed record RecordingBody
{
    public string Mode { get; set; } = nameof(RecordingMode.OnDemand);

    public int Percent { get; set; } = 100;

    public string Announcement { get; set; } = "";

    public static RecordingBody From(RecordingRule rule) => new() { Mode = rule.Mode.ToString(), Percent = rule.Percent, Announcement = rule.Announcement };

    public RecordingRule ToRule() => new()
    {
        Mode = Enum.TryParse<RecordingMode>(Mode, out var mode) ? mode : RecordingMode.Never,
        Percent = Percent,
        Announcement = Announcement,
    };
}
