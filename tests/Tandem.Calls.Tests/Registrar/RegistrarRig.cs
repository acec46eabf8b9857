using System.Text;
using Tandem.Calls.Events;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Security;
using Tandem.Calls.Tenants;
using Tandem.Core.Buffers;
using Tandem.Core.Loops;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Core.Time;
using Tandem.Sip.Authentication;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;
using Tandem.Sip.Transport;
using Tandem.Testing.Phones;
using Tandem.Testing.Tenants;

namespace Tandem.Calls.Tests.Registrar;

/// <summary>
/// One registrar on one engine in virtual time: REGISTER goes in as text, the response comes out as text. Without credentials
/// unless asked for, so that a test can speak of one thing at a time.
/// </summary>
internal sealed class RegistrarRig : IWallClock
{
    public static readonly DateTimeOffset Epoch = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly NetAddress Local = NetAddress.FromV4(0xC0000201, 5060);
    private int _cseq;
    private int _branch;

    public RegistrarRig(RegistrarOptions? options = null, FakeBindingStore? store = null, bool requireCredentials = false, ExtensionRange? extensions = null)
    {
        Store = store ?? new FakeBindingStore();
        Wheel = new TimerWheel(Moment.Zero);
        Engine = new SipEngine(SipEngineOptions.Default, Wheel, new Random(1));
        Engine.Addressing.Set(SipTransportKind.Udp, "192.0.2.1", 5060);
        Table = new RegistrarTable(1);
        Authenticator = new RequestAuthenticator(
            new SecurityOptions { RequireCredentials = requireCredentials }, new DigestAuthenticator(new DigestOptions()),
            new BanList(new SourceGuardOptions()), Directory,
            new TenantDomains(TenantId.Default, extensions ?? new ExtensionRange(100, 110), Tenants), new Random(2));
        Service = new RegistrarService(
            options ?? RegistrarOptions.Default, Table, Authenticator, Store, new Recorder(this),
            new RegistrarShard(0, Engine, Wheel, Turns, new Random(3), this));
    }

    public Moment Now { get; private set; } = Moment.Zero;

    public TimerWheel Wheel { get; }

    /// <summary>Timers that fired so far.</summary>
    public int Fired { get; private set; }

    public SipEngine Engine { get; }

    public TurnQueue Turns { get; } = new();

    public FakeBindingStore Store { get; }

    public FakeDirectory Directory { get; } = new();

    public FakeTenants Tenants { get; } = new();

    public RegistrarTable Table { get; }

    public RequestAuthenticator Authenticator { get; }

    public RegistrarService Service { get; }

    /// <summary>Events as <c>Change contact</c>.</summary>
    public List<string> Events { get; } = [];

    /// <summary>Requests of the registrar itself, keep-alives, in the order in which they left; without the copies that the transaction repeats.</summary>
    public List<(Moment At, WireMessage Message, SipFlow Target)> Sent { get; } = [];

    public SipFlow Flow { get; set; } = UdpFrom("192.0.2.7", 5060);

    public DateTimeOffset UtcNow => ToUtc(Now);

    public static SipFlow UdpFrom(string host, int port) => From(SipTransportKind.Udp, host, port);

    public static SipFlow From(SipTransportKind kind, string host, int port, long connection = 0)
    {
        Assert.True(NetAddress.TryParse(host.AsSpan(), port, out var remote));
        return new SipFlow(kind, Local, remote, connection);
    }

    public DateTimeOffset ToUtc(Moment moment) => Epoch + new TimeSpan(moment.Ticks);

    /// <summary>Sends a REGISTER of 100 with these header lines; CSeq goes up by itself.</summary>
    public WireMessage Register(params string[] lines) => RegisterAs("100", "call-1", ++_cseq, lines);

    /// <summary>A REGISTER that came through a proxy has a second Via below its own.</summary>
    public bool BehindProxy { get; set; }

    public WireMessage RegisterAs(string number, string callId, int cseq, params string[] lines) =>
        Send($"sip:{number}@tandem.example", $"sip:{number}@tandem.example", callId, cseq, lines);

    public WireMessage Send(string to, string from, string callId, int cseq, string[] lines, string requestUri = "sip:tandem.example")
    {
        var text = new StringBuilder()
            .Append($"REGISTER {requestUri} SIP/2.0\r\n")
            .Append($"Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKr{++_branch}\r\n")
            .Append(BehindProxy ? "Via: SIP/2.0/UDP 198.51.100.9;branch=z9hG4bKphone\r\n" : "")
            .Append($"From: <{from}>;tag=f{_branch}\r\nTo: <{to}>\r\nCall-ID: {callId}\r\nCSeq: {cseq} REGISTER\r\nMax-Forwards: 70\r\n");
        foreach (var line in lines)
            text.Append(line).Append("\r\n");

        text.Append("Content-Length: 0\r\n\r\n");
        Receive(text.ToString(), Flow);
        WireMessage? response = null;
        while (Engine.TryTakePacket(out var packet))
        {
            response = WireMessage.Parse(packet.Data.Span);
            packet.Data.Release();
        }

        return response ?? throw new InvalidOperationException("no response");
    }

    /// <summary>Gives a message to the engine and its events to the registrar.</summary>
    public void Receive(string text, SipFlow flow)
    {
        var rejection = SipParser.Parse(PooledBuffer.Copy(Encoding.UTF8.GetBytes(text)), SipLimits.Default, out var message);
        Engine.Receive(new SipInput(message, flow, rejection), Now);
        DrainEvents();
    }

    /// <summary>Goes forward in time, from deadline to deadline.</summary>
    public void Advance(TimeSpan span)
    {
        var target = Now + span;
        while (Wheel.NextDeadline <= target)
        {
            Now = Wheel.NextDeadline > Now ? Wheel.NextDeadline : Now;
            Fired += Wheel.Advance(Now);
            DrainEvents();
            DrainPackets();
        }

        Now = target;
        Fired += Wheel.Advance(Now);
        DrainEvents();
        DrainPackets();
    }

    public void AdvanceSeconds(double seconds) => Advance(TimeSpan.FromSeconds(seconds));

    public void AdvanceTo(Moment moment) => Advance(moment - Now);

    /// <summary>Answers a keep-alive.</summary>
    public void Answer(WireMessage request, SipFlow from, int status = 200) => Receive(
        $"SIP/2.0 {status} Whatever\r\nVia: {request["Via"]}\r\nFrom: {request["From"]}\r\nTo: {request["To"]};tag=p\r\n"
        + $"Call-ID: {request.CallId}\r\nCSeq: {request["CSeq"]}\r\nContent-Length: 0\r\n\r\n",
        from);

    public IReadOnlyList<Binding> Lookup(string number = "100") => Table.Lookup(TenantId.Default, number);

    /// <summary>The contacts of a number as <c>uri</c>, in the order of the table.</summary>
    public string[] Contacts(string number = "100") => [.. Lookup(number).Select(b => b.ContactUri)];

    private void DrainEvents()
    {
        while (Engine.TryTakeEvent(out var e))
        {
            if (Service.TakeKeepAlive(e, Now))
                continue;

            if (e.Kind == SipEventKind.Request)
                Engine.Respond(e.Server!, Service.Handle(e.Message!, e.Flow, Now), Now);
        }
    }

    private void DrainPackets()
    {
        while (Engine.TryTakePacket(out var packet))
        {
            var message = WireMessage.Parse(packet.Data.Span);
            if (!Sent.Exists(s => s.Message["Via"] == message["Via"]))
                Sent.Add((Now, message, packet.Target));

            packet.Data.Release();
        }
    }

    private sealed class Recorder(RegistrarRig rig) : IEventSink
    {
        public void Publish(ExchangeEvent exchangeEvent)
        {
            var registration = Assert.IsType<RegistrationEvent>(exchangeEvent);
            Assert.Equal(rig.UtcNow, registration.At);
            rig.Events.Add($"{registration.Change} {registration.Binding.ContactUri}");
        }
    }
}

/// <summary>Extensions 100 to 110, each with the secret <c>secret-NUMBER</c>, unless the test changes them.</summary>
internal sealed class FakeDirectory : IExtensionDirectory
{
    public Dictionary<string, Extension> Extensions { get; } = Enumerable.Range(100, 11)
        .Select(n => new Extension(TenantId.Default, $"{n}", new Secret($"secret-{n}")))
        .ToDictionary(e => e.Number);

    /// <summary>Extensions of other tenants.</summary>
    public List<Extension> Others { get; } = [];

    public Extension? Find(TenantId tenant, string number) =>
        tenant == TenantId.Default ? Extensions.GetValueOrDefault(number) : Others.Find(e => e.Tenant == tenant && e.Number == number);
}

/// <summary>A store in memory that also writes down what was asked of it.</summary>
internal sealed class FakeBindingStore : IBindingStore
{
    private readonly Dictionary<(string, string, string), Binding> _bindings = [];

    /// <summary>Puts a binding there, as an earlier run left it.</summary>
    public void Put(Binding binding) => _bindings[(binding.Tenant.Value, binding.Number, binding.Key)] = binding;

    public List<string> Log { get; } = [];

    public IReadOnlyCollection<Binding> Bindings => _bindings.Values;

    public IReadOnlyList<Binding> Load(DateTimeOffset now) => [.. _bindings.Values.Where(b => b.ExpiresAt > now)];

    public void Save(Binding binding)
    {
        Log.Add($"save {binding.ContactUri}");
        _bindings[(binding.Tenant.Value, binding.Number, binding.Key)] = binding;
    }

    public void Remove(TenantId tenant, string number, string key)
    {
        Log.Add($"remove {key}");
        _bindings.Remove((tenant.Value, number, key));
    }
}
