using Tandem.Media.Recording;

namespace Tandem.Calls.Recording;

/// <summary>Where recordings lie and how long they stay.</summary>
public sealed record RecordingSettings
{
    /// <summary>The folder; empty takes <c>recordings</c> in DATA_DIR.</summary>
    public string Folder { get; init; } = "";

    /// <summary>What a recording becomes when nothing else is asked for. Default WAV, which everything plays; Ogg/Opus takes a tenth of the room.</summary>
    public RecordingFormat Format { get; init; } = RecordingFormat.Wav;

    /// <summary>Recordings that ended longer ago are deleted, those of voicemails not (VoicemailOptions.Retention). Default zero: never; the law of the country says how long they may stay.</summary>
    public TimeSpan Retention { get; init; }

    /// <summary>How often it is looked for recordings that are too old. Default 1 h.</summary>
    public TimeSpan RetentionCheck { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// An entry that is to be deleted, and whose file is not here, is left to the node that has it; when it has been missed so long without a restart, no node has it, and the entry is deleted alone.
    /// Default 3 days; zero: at once, where there is one node, or one folder for all.
    /// </summary>
    public TimeSpan LostAfter { get; init; } = TimeSpan.FromDays(3);

    /// <summary>Rows that wait while the database is away. Default 10000; the files of those beyond are listed after the next start.</summary>
    public int WaitingRows { get; init; } = 10_000;

    /// <summary>Pause before a row that could not be written is tried again. Default 1 s.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);
}
