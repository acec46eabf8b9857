using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Time;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Overload;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transactions;

namespace Tandem.Sip.Engine;

/// <summary>What the engine and its transactions, dialogs and repeaters share. Owned by the engine's loop.</summary>
internal sealed class EngineCore
{
    private static readonly byte[] Hex = "0123456789abcdef"u8.ToArray();

    public EngineCore(SipEngineOptions options, TimerWheel wheel, Random random)
    {
        Options = options;
        Wheel = wheel;
        Random = random;
        BranchStart = Encoding.ASCII.GetBytes("z9hG4bK" + options.BranchPrefix);
        Dialogs = new DialogTable(options.MaxDialogs);
        Delivery = new ResponseDelivery(this);
        Locator = new SipLocator(options.Resolution, wheel, random);
        Overload = new OverloadControl(options.Overload, wheel, random);
    }

    public SipEngineOptions Options { get; }

    public TimerWheel Wheel { get; }

    public Random Random { get; }

    public byte[] BranchStart { get; }

    public EngineCounters Counters { get; } = new();

    public SipAddressing Addressing { get; } = new();

    public ClientTransactionTable Clients { get; } = new();

    public ServerTransactionTable Servers { get; } = new();

    public DialogTable Dialogs { get; }

    public ResponseDelivery Delivery { get; }

    public SipLocator Locator { get; }

    /// <summary>See <see cref="SipEngine.MayReach"/>.</summary>
    public Predicate<Core.Net.NetAddress>? MayReach { get; set; }

    /// <summary>What is left of a list for a guarded dialog.</summary>
    public SipTargetList OnlyReachable(SipTargetList list) => list.Where(target => Lets(target));

    /// <summary>True when the requests of a guarded dialog may go there.</summary>
    public bool Lets(in SipFlow flow) => MayReach?.Invoke(flow.Remote) == true;

    /// <summary>Refuses what there is no time for.</summary>
    public OverloadControl Overload { get; }

    /// <summary>Peers that take no TCP, learned by falling back to UDP (RFC 3261 §18.1.1).</summary>
    public TcpRefusals TcpRefusals { get; } = new();

    public Queue<SipPacket> Packets { get; } = new();

    public Queue<SipEvent> Events { get; } = new();

    public void Send(in SipFlow target, PooledBuffer data, long tag, string? serverName = null) => Packets.Enqueue(new SipPacket(target, data, tag, serverName));

    public void Raise(in SipEvent e) => Events.Enqueue(e);

    /// <summary>RFC 3261 §18.1.1: a request of that size is too large for UDP, and the peer takes TCP as far as we know.</summary>
    public bool IsTooLarge(in SipFlow target, int length, Moment now) =>
        target.Transport == SipTransportKind.Udp && length > Options.MaxDatagramRequest && !TcpRefusals.Contains(target.Remote, now);

    /// <summary>A tag of 64 random bits (RFC 3261 §19.3) as 16 hex digits.</summary>
    public byte[] NewTag()
    {
        var tag = new byte[16];
        WriteHex(tag, (ulong)Random.NextInt64(long.MinValue, long.MaxValue));
        return tag;
    }

    /// <summary>A number for a branch that no client transaction uses: 62 random bits.</summary>
    public ulong NewBranchId()
    {
        ulong id;
        do
            id = (ulong)Random.NextInt64(1, 1L << 62);
        while (Clients.Contains(id));
        return id;
    }

    /// <summary>RFC 3261 §12.3 and §13.2.2.4: the INVITE is over, and with it the dialogs that no 2xx has confirmed.</summary>
    public void EndForks(ClientTransaction invite)
    {
        var dialog = invite.Forks;
        invite.Forks = null;
        while (dialog is not null)
        {
            var next = dialog.NextFork;
            dialog.NextFork = null;
            if (dialog.State == DialogState.Early)
                dialog.Terminate();
            dialog = next;
        }
    }

    private static void WriteHex(Span<byte> destination, ulong value)
    {
        for (var i = destination.Length - 1; i >= 0; i--, value >>= 4)
            destination[i] = Hex[(int)(value & 15)];
    }
}
