using System.Text;
using Tandem.Calls.Events;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Security;
using Tandem.Calls.Tenants;
using Tandem.Core.Buffers;
using Tandem.Core.Loops;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Authentication;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Transport;

namespace Tandem.Calls.Tests.Registrar;

/// <summary>
/// What a registration with digest allocates from the parser to the answer: REGISTER, 401, REGISTER with credentials, 200.
/// Most of it is what stays for the 32 s of timer J: the transaction, its key and the answer.
/// </summary>
public class RegistrationCostTests : IWallClock, IBindingStore, IEventSink
{
    private const int Rounds = 400;

    private readonly SipEngine _engine;
    private readonly RegistrarService _registrar;
    private readonly SipFlow _flow;
    private string _answer = "";

    public RegistrationCostTests()
    {
        var wheel = new TimerWheel(Moment.Zero);
        _engine = new SipEngine(SipEngineOptions.Default, wheel, new Random(1));
        var table = new RegistrarTable(1);
        var authenticator = new RequestAuthenticator(
            new SecurityOptions(), new DigestAuthenticator(new DigestOptions { Realm = "tandem" }), new BanList(new SourceGuardOptions()), new FakeDirectory(),
            new TenantDomains(TenantId.Default, new ExtensionRange(100, 110)), new Random(2));
        _registrar = new RegistrarService(
            RegistrarOptions.Default, table, authenticator, this, this, new RegistrarShard(0, _engine, wheel, new TurnQueue(), new Random(3), this));
        Assert.True(NetAddress.TryParse("192.0.2.7", 5060, out var remote));
        _flow = new SipFlow(SipTransportKind.Udp, NetAddress.FromV4(0xC0000201, 5060), remote);
    }

    [Fact]
    public void A_registration_with_digest_stays_under_2300_bytes()
    {
        var challenged = 0L;
        var accepted = 0L;
        for (var i = 0; i < Rounds * 2; i++)
        {
            var first = Allocated(Request(2 * i, ""));
            var nonce = _answer.Split("nonce=\"")[1].Split('"')[0];
            var second = Allocated(Request((2 * i) + 1, Credentials(nonce)));
            Assert.StartsWith("SIP/2.0 200 OK", _answer, StringComparison.Ordinal);

            // The first half grows the tables and warms the pool.
            challenged += i < Rounds ? 0 : first;
            accepted += i < Rounds ? 0 : second;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{challenged / Rounds} + {accepted / Rounds} bytes");
        Assert.Equal(Rounds * 2, _engine.ServerTransactions);
        Assert.InRange((challenged + accepted) / Rounds, 1, 2_300);
    }

    DateTimeOffset IWallClock.ToUtc(Moment moment) => DateTimeOffset.UnixEpoch + new TimeSpan(moment.Ticks);

    IReadOnlyList<Binding> IBindingStore.Load(DateTimeOffset now) => [];

    void IBindingStore.Save(Binding binding)
    {
    }

    void IBindingStore.Remove(TenantId tenant, string number, string key)
    {
    }

    void IEventSink.Publish(ExchangeEvent exchangeEvent)
    {
    }

    private static byte[] Request(int number, string credentials) => Encoding.ASCII.GetBytes(
        "REGISTER sip:192.0.2.1 SIP/2.0\r\n"
        + $"Via: SIP/2.0/UDP 192.0.2.7:5060;rport;branch=z9hG4bK-524287-1---{number:x16}\r\n"
        + "Max-Forwards: 70\r\nContact: <sip:100@192.0.2.7:5060;transport=udp>\r\n"
        + $"To: \"100\" <sip:100@192.0.2.1>\r\nFrom: \"100\" <sip:100@192.0.2.1>;tag=7e1c9a52\r\n"
        + $"Call-ID: 84294MTk0ZTVjM2QyZjdhNGI1YzY4\r\nCSeq: {number + 1} REGISTER\r\nExpires: 600\r\n"
        + "Allow: INVITE, ACK, CANCEL, BYE, NOTIFY, REFER, MESSAGE, OPTIONS, INFO, SUBSCRIBE\r\nUser-Agent: Sample phone 5.4\r\n"
        + credentials + "Content-Length: 0\r\n\r\n");

    private static string Credentials(string nonce)
    {
        Span<byte> hashA1 = stackalloc byte[DigestCalculator.MaxHexLength];
        var length = DigestCalculator.HashA1(DigestAlgorithm.Md5, "100"u8, "tandem"u8, "secret-100"u8, hashA1);
        Span<byte> response = stackalloc byte[DigestCalculator.MaxHexLength / 2];
        var used = DigestCalculator.Response(
            DigestAlgorithm.Md5, hashA1[..length], Encoding.ASCII.GetBytes(nonce), "00000001"u8, "0a4f113b"u8, "auth"u8, "REGISTER"u8, "sip:192.0.2.1"u8, response);
        return $"Authorization: Digest username=\"100\",realm=\"tandem\",nonce=\"{nonce}\",uri=\"sip:192.0.2.1\","
            + $"response=\"{Convert.ToHexStringLower(response[..used])}\",cnonce=\"0a4f113b\",nc=00000001,qop=auth,algorithm=MD5\r\n";
    }

    private long Allocated(byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var buffer = BufferPool.Shared.Rent(bytes.Length);
        bytes.CopyTo(buffer.Array, 0);
        buffer.Length = bytes.Length;
        var rejection = SipParser.Parse(buffer, SipLimits.Default, out var message);
        _engine.Receive(new SipInput(message, _flow, rejection), Moment.Zero);
        Assert.True(_engine.TryTakeEvent(out var e));
        var response = _registrar.Handle(e.Message!, e.Flow, Moment.Zero);
        if (response.StatusCode < 300)
            _engine.Respond(e.Server!, response, Moment.Zero);
        else
            _engine.RespondWithoutState(e.Server!, response);
        e.Message!.Release();
        Assert.True(_engine.TryTakePacket(out var packet));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        _answer = Encoding.ASCII.GetString(packet.Data.Span);
        packet.Data.Release();
        return allocated;
    }
}
