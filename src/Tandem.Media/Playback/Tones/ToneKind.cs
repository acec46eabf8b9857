namespace Tandem.Media.Playback.Tones;

/// <summary>The tones that a telephone network tells its state with (ITU-T E.180).</summary>
public enum ToneKind
{
    /// <summary>Digits may be dialled.</summary>
    Dial,

    /// <summary>The called phone rings.</summary>
    Ringback,

    /// <summary>The called party is in a call.</summary>
    Busy,

    /// <summary>There is no way to the called party at the moment.</summary>
    Congestion,

    /// <summary>The number cannot be reached; three rising tones.</summary>
    SpecialInformation,

    /// <summary>Somebody else calls while one talks.</summary>
    CallWaiting,
}
