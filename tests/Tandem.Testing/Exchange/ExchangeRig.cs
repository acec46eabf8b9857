using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Ivr;
using Tandem.Calls.Mailboxes;
using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Security;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Shards;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tracing;
using Tandem.Calls.Voicemail;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Authentication;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;
using Tandem.Testing.Dns;
using Tandem.Testing.Ivr;
using Tandem.Testing.Media;
using Tandem.Testing.Network;
using Tandem.Testing.Phones;
using Tandem.Testing.Tenants;

namespace Tandem.Testing.Exchange;

/// <summary>A whole exchange on a virtual network, with phones that the test plays. No registration is needed: bindings are given.</summary>
public sealed class ExchangeRig
{
    public static readonly NetAddress ServerAddress = NetAddress.FromV4(0xC6336401, 5060);

    private readonly FakeBindings _bindings = new();
    private int _hosts = 0x0A000001;

    public ExchangeRig(CallOptions? calls = null, int seed = 1, NetworkConditions? conditions = null, bool credentials = false, Func<SipEngineOptions, SipEngineOptions>? engine = null, DigestOptions? digest = null, Func<ExchangeOptions, ExchangeOptions>? options = null, DnsZone? dns = null, TraceOptions? traces = null, WaitingMessages? waiting = null, VirtualNetwork? network = null)
    {
        Network = network ?? new VirtualNetwork(seed, conditions);
        var clock = new EpochClock();
        Guard = new TollGuard(Toll, Toll, Events);
        var guard = new SourceGuardOptions();
        Traces = traces is null ? null : new CallTraces(traces, clock);
        Voicemail = new VoicemailKeeper(new VoicemailOptions(), Messages, new MailboxKeeper(Messages, Mailboxes), Messages.DropAsync, Events, TimeProvider.System) { Blocks = false, Waiting = waiting };
        Exchange = new Tandem.Calls.Shards.Exchange(
            (options ?? (o => o))(new ExchangeOptions
            {
                Shards = 2,
                Calls = calls ?? CallOptions.Default,
                Security = new SecurityOptions { RequireCredentials = credentials },
                Engine = (engine ?? (o => o))(new SipEngineOptions { MaxDatagramRequest = 65_535 }),
            }),
            new ExchangeServices
            {
                Extensions = Extensions,
                Bindings = _bindings,
                Media = Media,
                Events = Traces is null ? Events : new EventBus([Events, Traces]),
                Traces = Traces,
                Secrets = Traces?.Secrets,
                Digest = new DigestAuthenticator(digest ?? new DigestOptions()),
                Bans = new BanList(guard),
                WallClock = clock,
                Mailboxes = Mailboxes,
                Voicemail = Voicemail,
                Profiles = Profiles,
                Tenants = Tenants,
                Toll = Guard,
                Rooms = Kept,
                MonitorRules = Kept,
                RecordingRules = Kept,
                Ivr = Ivr = new IvrServices { Flows = Flows, Web = Web },
                Routing = Routing,
                RouteWebhooks = RouteWebhooks,
                Dns = dns,
                Random = shard => new Random((seed * 31) + shard),
                Faulted = (_, e) => Faults.Add(e),
            });
        foreach (var shard in Exchange.Shards)
        {
            shard.Engine.Addressing.Set(SipTransportKind.Udp, ServerAddress.HostText(), ServerAddress.Port);
            shard.Engine.Addressing.Set(SipTransportKind.Tcp, ServerAddress.HostText(), ServerAddress.Port);
            shard.Engine.Addressing.Set(SipTransportKind.Tls, ServerAddress.HostText(), 5061);
            shard.Engine.Addressing.Set(SipTransportKind.Wss, ServerAddress.HostText(), 443);
            shard.Turns.Failed = Faults.Add;
        }

        Node = new ShardNode(Network, ServerAddress, Exchange.Shards) { ConnectionClosed = Exchange.ConnectionClosed };
        Exchange.Registrar.ConnectionState = Node.IsOpen;
    }

    /// <summary>Sets what an extension wants of its calls.</summary>
    public void Set(string number, ExtensionFeatures features) => Routing.SetFeatures(TenantId.Default, number, features);

    /// <summary>Sets the rules of the tenant, which must be right.</summary>
    public void Set(RoutingDocument document)
    {
        var (table, problems) = RoutingCompiler.Compile(document);
        Routing.Set(TenantId.Default, table ?? throw new InvalidOperationException(string.Join("; ", problems)));
    }

    /// <summary>Gives the exchange an IPv6 address as well.</summary>
    public NetAddress ListenOnV6()
    {
        NetAddress.TryParse("2001:db8::5060", 5060, out var address);
        Node.SecondAddress = address;
        foreach (var shard in Exchange.Shards)
        {
            shard.Engine.Addressing.Set(SipTransportKind.Udp, address.SipHostText(), address.Port, isV6: true);
            shard.Engine.Addressing.Set(SipTransportKind.Tcp, address.SipHostText(), address.Port, isV6: true);
        }

        return address;
    }

    public VirtualNetwork Network { get; }

    public ShardNode Node { get; }

    public Tandem.Calls.Shards.Exchange Exchange { get; }

    public FakeExtensions Extensions { get; } = new();

    public FakeMediaService Media { get; } = new();

    public MailboxTable Mailboxes { get; } = new();

    /// <summary>What callers left.</summary>
    public FakeVoicemail Messages { get; } = new();

    public VoicemailKeeper Voicemail { get; }

    public FakeToll Toll { get; } = new();

    public TollGuard Guard { get; }

    /// <summary>The menus.</summary>
    public IvrServices Ivr { get; }

    public FakeFlows Flows { get; } = new();

    public FakeWeb Web { get; } = new();

    public FakeTenants Tenants { get; } = new();

    /// <summary>Rooms that are kept, and rules of monitoring and recording.</summary>
    public FakeKeptRooms Kept { get; } = new();

    /// <summary>Rules, and what extensions have set.</summary>
    public RoutingInMemory Routing { get; } = new();

    public FakeRouteWebhooks RouteWebhooks { get; } = new();

    public FakeProfiles Profiles { get; } = new();

    public RecordedEvents Events { get; } = new();

    /// <summary>The traces of the calls; null unless asked for.</summary>
    public CallTraces? Traces { get; }

    /// <summary>Exceptions that call code threw; a good test ends with none.</summary>
    public List<Exception> Faults { get; } = [];

    public IReadOnlyList<CallSnapshot> Calls => Exchange.ActiveCalls(TenantId.Default);

    /// <summary>A phone on a host of its own, registered unless told otherwise.</summary>
    public ScriptedPhone Phone(string number, bool registered = true, int q = 1000)
    {
        var address = NetAddress.FromV4((uint)_hosts++, 5060);
        var phone = new ScriptedPhone(Network, number, address, ServerAddress);
        if (registered)
            Register(number, phone.ContactUri, address, q);
        return phone;
    }

    /// <summary>A phone of a tenant that has a domain.</summary>
    public ScriptedPhone PhoneOf(Tenant tenant, string number)
    {
        var address = NetAddress.FromV4((uint)_hosts++, 5060);
        var phone = new ScriptedPhone(Network, number, address, ServerAddress) { Domain = tenant.Domain };
        Register(tenant.Id, number, phone.ContactUri, address, 1000, []);
        return phone;
    }

    /// <summary>A phone that speaks TLS; as sips: it calls itself so too.</summary>
    public ScriptedPhone SecurePhone(string number, bool isSips, bool registered = true)
    {
        var phone = Phone(number, registered: false);
        Node.Transports[phone.Address] = SipTransportKind.Tls;
        if (isSips)
            phone.ContactUri = $"sips:{number}@{phone.Address}";
        if (registered)
            Register(number, phone.ContactUri, phone.Address);
        return phone;
    }

    /// <summary>Gives the registrar a binding for an hour.</summary>
    public void Register(string number, string contactUri, NetAddress address, int q = 1000, params string[] path) =>
        Register(TenantId.Default, number, contactUri, address, q, path);

    private void Register(TenantId tenant, string number, string contactUri, NetAddress address, int q, string[] path)
    {
        var now = EpochClock.Epoch + TimeSpan.FromTicks(Network.Now.Ticks);
        _bindings.Stored.Clear();
        _bindings.Stored.Add(new Binding
        {
            Tenant = tenant,
            Number = number,
            ContactUri = contactUri,
            Flow = Node.FlowOf(address, ServerAddress),
            Path = path,
            Q = q,
            RegisterCallId = "reg-" + contactUri,
            RegisterCSeq = 1,
            ExpiresSeconds = 86_400,
            RegisteredAt = now,
            ExpiresAt = now.AddDays(1),
            LastSeen = now,
        });
        Exchange.RestoreBindings(Network.Now);
        foreach (var shard in Exchange.Shards)
            shard.Advance(Network.Now);
    }

    /// <summary>Takes back what an earlier run has stored.</summary>
    public void Restore(IReadOnlyList<Binding> bindings)
    {
        _bindings.Stored.Clear();
        _bindings.Stored.AddRange(bindings);
        Exchange.RestoreBindings(Network.Now);
        foreach (var shard in Exchange.Shards)
            shard.Advance(Network.Now);
    }

    public void Run(double seconds) => Network.Run(TimeSpan.FromSeconds(seconds));

    /// <summary>Completes when something of another thread waits for a shard: what a webhook answered, for example.</summary>
    public async Task WhenPostedAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Exchange.Shards.All(shard => shard.NextDeadline != Moment.Zero))
            await Task.Delay(1, patience.Token);
    }

    /// <summary>Lets all transactions run out and returns what is still there besides bindings; empty when nothing is left behind.</summary>
    public string Leftovers()
    {
        Run(70);
        var s = Exchange.Statistics();
        var left = new List<string>();
        void Check(string what, int count)
        {
            if (count != 0)
                left.Add($"{what}={count}");
        }

        Check("calls", s.Calls);
        Check("server transactions", s.ServerTransactions);
        Check("client transactions", s.ClientTransactions);
        Check("dialogs", s.Dialogs);
        Check("open transactions", s.OpenTransactions);
        Check("subscriptions", s.Subscriptions);
        Check("subscription keys", s.SubscriptionKeys);
        Check("NOTIFYs", s.NotifiesUnderWay);
        Check("publications", s.Publications);
        Check("messages", s.MessagesUnderWay);
        Check("timers", s.Timers - s.Bindings);
        Check("refer subscriptions", s.ReferSubscriptions);
        Check("turns", s.Turns);
        Check("ports", s.PortsInUse);
        Check("names", s.Resolution.Waiting);
        Check("faults", Faults.Count);
        return string.Join(' ', left) + string.Concat(Faults.Select(f => "\n" + f));
    }
}
