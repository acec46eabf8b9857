namespace Tandem.Load.Sip;

/// <summary>A socket or a connection to the server. Sends gather until <see cref="Flush"/>.</summary>
internal abstract class Link
{
    /// <summary>Address and port as in Via and Contact.</summary>
    public abstract byte[] Local { get; }

    /// <summary>As in Via: UDP, TCP or TLS.</summary>
    public abstract byte[] Transport { get; }

    /// <summary>The parameter of a Contact that says the transport; empty for UDP.</summary>
    public abstract byte[] ContactParameter { get; }

    public abstract void Send(ReadOnlySpan<byte> message);

    public abstract void Flush();
}
