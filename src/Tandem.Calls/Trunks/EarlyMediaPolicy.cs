namespace Tandem.Calls.Trunks;

/// <summary>What becomes of sound before the answer (RFC 3960) between a provider and the phone at the other end of its call.</summary>
public enum EarlyMediaPolicy
{
    /// <summary>It passes: who calls hears what is played to him, the ringing of the network or an announcement.</summary>
    Pass,

    /// <summary>It does not: who calls is told that it rings, and nothing can be played or said before there is an answer that costs.</summary>
    Ring,
}
