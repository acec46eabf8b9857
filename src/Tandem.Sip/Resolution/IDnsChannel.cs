namespace Tandem.Sip.Resolution;

/// <summary>The way to the name servers. A driver implements it with sockets, a test with a zone.</summary>
public interface IDnsChannel
{
    /// <summary>
    /// Asks. <paramref name="answered"/> is called once, on any thread, with a response to exactly this question (RFC 1035 §4, not
    /// truncated), or with null when no name server gave one. Never blocks and never throws.
    /// </summary>
    void Ask(DnsQuestion question, Action<byte[]?> answered);
}
