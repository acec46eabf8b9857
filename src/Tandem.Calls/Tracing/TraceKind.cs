namespace Tandem.Calls.Tracing;

/// <summary>What an entry of a trace is.</summary>
public enum TraceKind : byte
{
    /// <summary>A SIP message.</summary>
    Sip,

    /// <summary>Something that the exchange decided: where the call goes, how it ended.</summary>
    Decision,

    /// <summary>A step in the life of the call.</summary>
    Event,

    /// <summary>How good the sound is, of one side.</summary>
    Media,
}
