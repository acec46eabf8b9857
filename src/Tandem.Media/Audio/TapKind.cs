namespace Tandem.Media.Audio;

/// <summary>What a tap is for. Each kind has places of its own: who only listens keeps no call from being recorded.</summary>
public enum TapKind
{
    /// <summary>It writes down what is heard.</summary>
    Recording,

    /// <summary>A supervisor hears by it, or is heard.</summary>
    Supervision,

    /// <summary>It lets the sound out of the exchange.</summary>
    Fork,
}
