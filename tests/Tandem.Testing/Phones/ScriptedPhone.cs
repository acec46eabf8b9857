using System.Text;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Testing.Network;

namespace Tandem.Testing.Phones;

/// <summary>
/// A phone that does what the test says, message by message, and nothing by itself: no retransmissions, no automatic answers.
/// Copies of a message that it has seen are counted and dropped. For networks without loss.
/// </summary>
public sealed class ScriptedPhone : INetworkNode
{
    private readonly VirtualNetwork _network;
    private readonly List<WireMessage> _inbox = [];
    private readonly HashSet<string> _seen = [];
    private int _branches;

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

    public string ContactUri => $"sip:{Number}@{Address}";

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

    /// <summary>Runs the network for <paramref name="seconds"/> and checks that no new message came.</summary>
    public void ExpectNothing(double seconds = 2)
    {
        _network.Run(TimeSpan.FromSeconds(seconds));
        _inbox.RemoveAll(m => m.Status == 100);
        if (_inbox.Count > 0)
            throw new InvalidOperationException($"{Number} expected silence and got {_inbox[0]}");
    }

    /// <summary>Starts a dialog towards <paramref name="target"/>; nothing is sent yet.</summary>
    public PhoneDialog Dial(string target) => new(this, $"sip:{target}@{Server.HostText()}", $"c{_branches++}-{Number}@{Address.HostText()}");

    /// <summary>The dialog of an INVITE that came in.</summary>
    public PhoneDialog Take(WireMessage invite) => new(this, invite);

    public string NewBranch() => $"z9hG4bK-{Number}-{_branches++}";

    public void Send(string text) => _network.Send(Address, Server, Encoding.UTF8.GetBytes(text));

    private static bool Matches(WireMessage message, string what)
    {
        var words = what.Split(' ');
        if (!char.IsAsciiDigit(words[0][0]))
            return message.IsRequest && message.Method == words[0];

        return !message.IsRequest && message.Status.ToString(System.Globalization.CultureInfo.InvariantCulture) == words[0]
            && (words.Length == 1 || message.Method == words[1]);
    }
}
