namespace Tandem.Calls.Voicemail;

/// <summary>What changes how many wrong PINs are counted.</summary>
public enum PinChange
{
    /// <summary>One was typed, and counts as wrong until it has been looked at.</summary>
    Guessed,

    /// <summary>It was right; those before it stay counted.</summary>
    TakenBack,

    /// <summary>It begins anew.</summary>
    Opened,
}
