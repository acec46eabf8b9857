using Tandem.Media.Dtmf;

namespace Tandem.Media.Audio;

/// <summary>Limits and times of the path that decodes: legs, playbacks, taps, the tick.</summary>
public sealed record AudioOptions
{
    /// <summary>
    /// Level of the noise that a side hears when nothing else is there, dB below full scale. Default -72: hardly audible, and the line does
    /// not sound dead. -100 sends digital silence.
    /// </summary>
    public double ComfortLevelDb { get; init; } = -72;

    /// <summary>Playbacks at once toward one side. Default 8; one more is refused.</summary>
    public int MaxPlays { get; init; } = 8;

    /// <summary>Taps of one session for recordings, and as many for supervisors. Default 8; one more is refused (disposed at once).</summary>
    public int MaxTaps { get; init; } = 8;

    /// <summary>Taps of one session that let its sound out. Default 4; one more is refused (disposed at once). They take no place of <see cref="MaxTaps"/>.</summary>
    public int MaxForks { get; init; } = 4;

    /// <summary>Digits that wait to be sent to one side. Default 128; those beyond are dropped, and the command reports it.</summary>
    public int MaxDigits { get; init; } = 128;

    /// <summary>
    /// How long a side is listened to before a relayed direction becomes one that we write, so that its jitter buffer is filled and no
    /// sound is missing at the change. Default 120 ms; the change comes earlier when the buffer plays.
    /// </summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromMilliseconds(120);

    /// <summary>Over this time a step between two sources is spread, so that it does not click. Default 5 ms; at most 20.</summary>
    public TimeSpan Fade { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// A tick that is later than this is not made up for: its sound is left out, and the timestamps tell it. Default 100 ms. What is less
    /// late is caught up at twice the pace, so that nobody gets a burst.
    /// </summary>
    public TimeSpan MaxLateness { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A side whose playbacks or bridge ended keeps its coders for so long, in case it needs them again. Default 2 s.</summary>
    public TimeSpan CoderRest { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The pause between two digits that we send. Default 60 ms: Q.24 asks receivers for 40 to 70.</summary>
    public TimeSpan DigitPause { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>
    /// How long a digit that came as SIP INFO waits whether the same press begins in the media too, for phones that can send both. Default
    /// 300 ms: a phone sends both at once, tones come behind a jitter buffer, and nobody minds a key so late.
    /// </summary>
    public TimeSpan InfoWait { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Above this level, dB below full scale, a side speaks. Default -50: above the noise of a quiet office.</summary>
    public double SpeechLevelDb { get; init; } = -50;

    /// <summary>How long a side still counts as speaking after the last loud moment. Default 400 ms: longer than the gaps between words.</summary>
    public TimeSpan SpeechHangover { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Names the first value that cannot work, or null.</summary>
    public string? Problem()
    {
        if (ComfortLevelDb is < -100 or > -30)
            return $"ComfortLevelDb {ComfortLevelDb}: -100 to -30 is expected";
        if (MaxPlays < 1 || MaxTaps < 1 || MaxForks < 1 || MaxDigits < 1)
            return "MaxPlays, MaxTaps, MaxForks, MaxDigits: too small";
        if (WarmUp < TimeSpan.Zero || WarmUp > TimeSpan.FromSeconds(2) || Fade < TimeSpan.Zero || Fade > TimeSpan.FromMilliseconds(20))
            return "WarmUp, Fade: 0 to 2 s, 0 to 20 ms are expected";
        if (SpeechLevelDb is < -90 or > 0 || SpeechHangover < TimeSpan.Zero)
            return "SpeechLevelDb, SpeechHangover: -90 to 0 and a time of 0 or more are expected";
        if (MaxLateness < TimeSpan.FromMilliseconds(40) || CoderRest < TimeSpan.Zero || DigitPause < TimeSpan.Zero || DigitPause > TimeSpan.FromSeconds(1))
            return "MaxLateness, CoderRest, DigitPause: at least 40 ms, at least 0, 0 to 1 s are expected";
        if (InfoWait < TimeSpan.Zero || InfoWait > DtmfCollector.DefaultWindow)
            return "InfoWait: 0 to 1 s is expected, in which two reports of a press are one";
        return null;
    }
}
