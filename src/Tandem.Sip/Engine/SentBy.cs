using System.Text;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Engine;

/// <summary>The sent-by of our Via: host (an IPv6 address in brackets) and port.</summary>
internal sealed class SentBy
{
    private readonly byte[] _host;
    private readonly int _defaultPort;

    public SentBy(string host, int port, int defaultPort)
    {
        _host = Encoding.ASCII.GetBytes(host);
        _defaultPort = defaultPort;
        Host = host;
        Port = port;
        HostAndPort = $"{host}:{port}";
        Text = Encoding.ASCII.GetBytes(HostAndPort);
    }

    public string Host { get; }

    public int Port { get; }

    /// <summary><c>host:port</c>.</summary>
    public string HostAndPort { get; }

    /// <summary><see cref="HostAndPort"/> as bytes.</summary>
    public byte[] Text { get; }

    /// <summary>True when this is the sent-by of <paramref name="via"/>; the default port may be left out.</summary>
    public bool Matches(in ViaValue via) =>
        (via.Port < 0 ? _defaultPort : via.Port) == Port && SipText.EqualsIgnoreCase(via.Host, _host);
}
