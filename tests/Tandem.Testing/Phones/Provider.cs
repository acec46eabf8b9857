using System.Text;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Testing.Network;

namespace Tandem.Testing.Phones;

/// <summary>A registrar that answers as the test says, at once; it keeps what came and when. It shares no code with Tandem.Sip.</summary>
public sealed class Provider : INetworkNode
{
    private readonly VirtualNetwork _network;
    private readonly HashSet<string> _seen = [];

    public Provider(VirtualNetwork network, NetAddress address)
    {
        _network = network;
        Address = address;
        network.Attach(address, this);
    }

    public NetAddress Address { get; }

    /// <summary>What a request gets: status, reason phrase behind it, and whole header lines; null for silence.</summary>
    public Func<WireMessage, string[]?> Answer { get; set; } = request => Granted(request, 3600);

    /// <summary>Requests in their order, without repetitions, and when they came.</summary>
    public List<(WireMessage Request, Moment At)> Requests { get; } = [];

    public IReadOnlyList<WireMessage> Registers => [.. Requests.Where(r => r.Request.Method == "REGISTER").Select(r => r.Request)];

    /// <summary>The address that it says it sees the requests come from; null for no word of it.</summary>
    public NetAddress? Sees { get; set; }

    public Moment NextDeadline => Moment.Never;

    /// <summary>200 with the Contact as it came.</summary>
    public static string[] Granted(WireMessage request, int seconds) =>
        ["200 OK", $"Contact: <{request.ContactUri}>;expires={seconds}"];

    /// <summary>401 with a challenge.</summary>
    public static string[] Challenge(string nonce, string realm = "provider", string algorithm = "MD5", bool stale = false, int status = 401) =>
        [
            $"{status} Unauthorized",
            $"{(status == 401 ? "WWW" : "Proxy")}-Authenticate: Digest realm=\"{realm}\", nonce=\"{nonce}\", algorithm={algorithm}, qop=\"auth\"{(stale ? ", stale=true" : "")}",
        ];

    /// <summary>True when the request carries credentials for a nonce.</summary>
    public static bool Knows(WireMessage request, string nonce) =>
        (request["Authorization"] + request["Proxy-Authorization"]).Contains($"nonce=\"{nonce}\"", StringComparison.Ordinal);

    public void Receive(byte[] datagram, NetAddress from, NetAddress to, Moment now)
    {
        if (datagram.Length <= 4)
            return; // a keep-alive

        var request = WireMessage.Parse(datagram);
        if (!request.IsRequest)
            return;

        if (_seen.Add(request["Via"] + request.Method))
            Requests.Add((request, now));
        if (Answer(request) is not { } answer)
            return;

        var text = new StringBuilder("SIP/2.0 ").Append(answer[0]).Append("\r\n");
        var via = request["Via"].Replace(";rport", "", StringComparison.Ordinal);
        var seen = Sees is { } address ? $";received={address.HostText()};rport={address.Port}" : "";
        text.Append("Via: ").Append(via).Append(seen).Append("\r\n");
        text.Append("From: ").Append(request["From"]).Append("\r\nTo: ").Append(request["To"]).Append(";tag=p1\r\nCall-ID: ").Append(request.CallId);
        text.Append("\r\nCSeq: ").Append(request["CSeq"]).Append("\r\n");
        foreach (var header in answer.Skip(1))
            text.Append(header).Append("\r\n");
        text.Append("Content-Length: 0\r\n\r\n");
        _network.Send(Address, from, Encoding.UTF8.GetBytes(text.ToString()));
    }

    public void Advance(Moment now)
    {
    }
}
