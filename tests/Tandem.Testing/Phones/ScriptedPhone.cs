using System.Text;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Testing.Network;

namespace Tandem.Testing.Phones;

/// <summary>
/// A phone that does what the test says, message by message, and nothing by itself: no retransmissions, no automatic answers.
/// Copies of a message that it has seen are counted and dropped. For networks without loss.
/// </summary>
public sealed class ScriptedPhone : IStreamNode
{
    private static int _made;

    private readonly VirtualNetwork _network;
    private readonly int _name = Interlocked.Increment(ref _made);
    private readonly List<WireMessage> _inbox = [];
    private readonly HashSet<string> _seen = [];
    private string? _contactUri;
    private int _branches;
    private int _ports = 40_000;
    private int _registers;

    public ScriptedPhone(VirtualNetwork network, string number, NetAddress address, NetAddress server)
    {
        _network = network;
        Number = number;
        Address = address;
        Server = server;
        network.Attach(address, this);
    }

    public string Number { get; }

    public NetAddress Address { get; }

    public NetAddress Server { get; }

    /// <summary>What it calls itself in Contact.</summary>
    public string ContactUri
    {
        get => _contactUri ?? (Connection is null ? $"sip:{Number}@{Address}" : $"sip:{Number}@{Address};transport=tcp");
        set => _contactUri = value;
    }

    /// <summary>The connection over which it sends; null for datagrams.</summary>
    public VirtualConnection? Connection { get; private set; }

    /// <summary>What a Via of this phone begins with.</summary>
    public string Via => Connection is null ? $"SIP/2.0/UDP {Address}" : $"SIP/2.0/TCP {Address}";

    /// <summary>True when it listens for connections at its address.</summary>
    public bool Listens { get; set; }

    /// <summary>Messages that came more than once.</summary>
    public int Copies { get; private set; }

    /// <summary>Messages that no <see cref="Expect"/> has taken.</summary>
    public IReadOnlyList<WireMessage> Unread => _inbox;

    public Moment NextDeadline => Moment.Never;

    public void Receive(byte[] datagram, NetAddress from, NetAddress to, Moment now)
    {
        if (!_seen.Add(Encoding.UTF8.GetString(datagram)))
            Copies++;
        else
            _inbox.Add(WireMessage.Parse(datagram));
    }

    public void Receive(VirtualConnection connection, byte[] message, Moment now) => Receive(message, connection.Other(connection.Client), connection.Client, now);

    public bool Accept(VirtualConnection connection)
    {
        if (Listens)
            Connection = connection;
        return Listens;
    }

    public void Closed(VirtualConnection connection, Moment now)
    {
        if (Connection == connection)
            Connection = null;
    }

    /// <summary>Opens a connection to the server, from a new port; what it sends from now on goes there.</summary>
    public VirtualConnection Connect()
    {
        var from = Address.WithPort(_ports++);
        _network.Attach(from, this);
        return Connection = _network.Connect(from, Server) ?? throw new InvalidOperationException("the server takes no connection");
    }

    /// <summary>Sends over another of its open connections.</summary>
    public void Use(VirtualConnection connection) => Connection = connection;

    /// <summary>The connection breaks.</summary>
    public void LoseConnection() => Connection!.Break();

    /// <summary>Registers: with a flow (RFC 5626) when <paramref name="regId"/> is above 0. Returns the response.</summary>
    public WireMessage Register(int regId = 0, string instance = "", int expires = 3600, string host = "")
    {
        var outbound = regId > 0 ? $";reg-id={regId};+sip.instance=\"<urn:uuid:{instance}>\"" : "";
        var uri = host.Length > 0 ? $"sip:{Number}@{host}" : ContactUri;
        _registers++;
        Send($"REGISTER sip:{Server.SipHostText()} SIP/2.0\r\nVia: {Via};branch={NewBranch()};rport\r\nMax-Forwards: 70\r\n"
            + $"From: <sip:{Number}@{Server.SipHostText()}>;tag=r{_registers}\r\nTo: <sip:{Number}@{Server.SipHostText()}>\r\n"
            + $"Call-ID: r{_name}-{Number}-{regId}\r\nCSeq: {_registers} REGISTER\r\nContact: <{uri}>;expires={expires}{outbound}\r\n"
            + "Supported: path, outbound\r\nContent-Length: 0\r\n\r\n");
        return Expect("200 REGISTER");
    }

    public void Advance(Moment now)
    {
    }

    /// <summary>
    /// Runs the network until the next message is there and checks that it is <paramref name="what"/>: a method, or a status with
    /// or without its method (<c>180</c>, <c>200 BYE</c>). 100 Trying is skipped unless asked for.
    /// </summary>
    public WireMessage Expect(string what, double seconds = 5)
    {
        var limit = TimeSpan.FromSeconds(seconds);
        bool Skip() => what != "100" && _inbox.Count > 0 && _inbox[0].Status == 100;
        if (!_network.RunUntil(
                () =>
                {
                    while (Skip())
                        _inbox.RemoveAt(0);
                    return _inbox.Count > 0;
                },
                limit))
            throw new InvalidOperationException($"{Number} waited {seconds} s for {what} in vain");

        var message = _inbox[0];
        _inbox.RemoveAt(0);
        if (!Matches(message, what))
            throw new InvalidOperationException($"{Number} expected {what} and got {message}");

        return message;
    }

    /// <summary>Runs the network until anything is there; <see cref="Unread"/> shows it.</summary>
    public void ExpectSomething(double seconds = 5)
    {
        if (!_network.RunUntil(() => _inbox.Count > 0, TimeSpan.FromSeconds(seconds)))
            throw new InvalidOperationException($"{Number} waited {seconds} s in vain");
    }

    /// <summary>Runs the network for <paramref name="seconds"/> and checks that no new message came.</summary>
    public void ExpectNothing(double seconds = 2)
    {
        _network.Run(TimeSpan.FromSeconds(seconds));
        _inbox.RemoveAll(m => m.Status == 100);
        if (_inbox.Count > 0)
            throw new InvalidOperationException($"{Number} expected silence and got {_inbox[0]}");
    }

    /// <summary>The domain of its address-of-record; null for the address of the exchange.</summary>
    public string? Domain { get; init; }

    /// <summary>Starts a dialog towards <paramref name="target"/>; nothing is sent yet.</summary>
    public PhoneDialog Dial(string target) => new(this, $"sip:{target}@{Server.SipHostText()}", $"c{_branches++}-{Number}@{Address.SipHostText()}");

    /// <summary>The dialog of an INVITE that came in.</summary>
    public PhoneDialog Take(WireMessage invite) => new(this, invite);

    public string NewBranch() => $"z9hG4bK-{Number}-{_branches++}";

    public void Send(string text)
    {
        if (Connection is { } connection)
            connection.Send(connection.Other(Server), Encoding.UTF8.GetBytes(text));
        else
            _network.Send(Address, Server, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Moves to another address: what comes to the old one is lost.</summary>
    public ScriptedPhone MovedTo(NetAddress address)
    {
        _network.Detach(Address);
        return new ScriptedPhone(_network, Number, address, Server);
    }

    private static bool Matches(WireMessage message, string what)
    {
        var words = what.Split(' ');
        if (!char.IsAsciiDigit(words[0][0]))
            return message.IsRequest && message.Method == words[0];

        return !message.IsRequest && message.Status.ToString(System.Globalization.CultureInfo.InvariantCulture) == words[0]
            && (words.Length == 1 || message.Method == words[1]);
    }
}
