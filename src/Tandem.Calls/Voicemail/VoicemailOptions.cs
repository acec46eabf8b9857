namespace Tandem.Calls.Voicemail;

/// <summary>The limits of voicemail.</summary>
public sealed record VoicemailOptions
{
    /// <summary>Messages of one box, heard ones too; further callers hear that it is full. Default 100.</summary>
    public int MaxMessages { get; init; } = 100;

    /// <summary>
    /// Messages that wait on the disk while the database is away, of all boxes; of one as many as it holds. Default 1000, some 300 kB beside their sound; further callers hear that something is wrong.
    /// </summary>
    public int MaxWaiting { get; init; } = 1_000;

    /// <summary>How often it is tried to put them into their boxes. Default 5 s.</summary>
    public TimeSpan WaitingRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Messages that were left longer ago are deleted with their sound, heard or not; zero: none is. Default null: as long as recordings (RecordingSettings.Retention).</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>The longest message. Default 3 min.</summary>
    public TimeSpan MaxLength { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>What is shorter is not kept: somebody who hangs up at the tone leaves nothing. Default 1 s.</summary>
    public TimeSpan MinLength { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>As long a silence ends a message. Default 8 s; zero: none does.</summary>
    public TimeSpan SilenceEnd { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>The longest greeting. Default 60 s.</summary>
    public TimeSpan MaxGreeting { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The shortest PIN. Default 4 digits; the longest is 12.</summary>
    public int MinPin { get; init; } = 4;

    /// <summary>How long a key is waited for in a menu. Default 7 s.</summary>
    public TimeSpan KeyTime { get; init; } = TimeSpan.FromSeconds(7);

    /// <summary>The same after a message was left. Default 5 s.</summary>
    public TimeSpan ReviewTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often somebody may say his message anew, and hears what he can do with it. Default 5.</summary>
    public int MessageTries { get; init; } = 5;

    /// <summary>How often somebody may type the PIN in one call. Default 3.</summary>
    public int PinTries { get; init; } = 3;

    /// <summary>A menu that nobody answers so often ends the call. Default 3.</summary>
    public int MaxSilences { get; init; } = 3;

    /// <summary>Menus of one call to a box. Default 50: who hears more has forgotten to hang up.</summary>
    public int MaxMenus { get; init; } = 50;

    /// <summary>As many wrong PINs in a row lock a box; its own phone gets in all the same while no PIN is set. Default 5.</summary>
    public int MaxWrongPins { get; init; } = 5;

    /// <summary>For how long. Default 15 min.</summary>
    public TimeSpan LockOut { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Whether a box without a PIN lets its own phone in. Default yes; from other phones it is never reached without one.</summary>
    public bool OwnPhoneNeedsNoPin { get; init; } = true;
}
