using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tracing;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Core.Time;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Sip.Engine;

namespace Tandem.Server.Hep;

public class HepExportTests
{
    private static readonly SipFlow Flow = new(SipTransportKind.Udp, NetAddress.FromV4(0, 5060), NetAddress.FromV4(0xC0000201, 5070));
    private static readonly NetAddress Own = NetAddress.FromV4(0xC6336401, 5060);

    [Fact]
    public async Task A_message_of_a_call_has_the_calls_id_and_no_secrets()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var clock = new Clock(TimeProvider.System);
        var traces = new CallTraces(new TraceOptions(), clock);
        await using var export = Export(server, traces, clock);
        var call = FakeExchange.Call(1, CallState.Ringing);
        var message = Encoding.UTF8.GetBytes(
            $"INVITE sip:101@t SIP/2.0\r\nFrom: <sip:100@t>;tag=1\r\nTo: <sip:101@t>\r\nCall-ID: {call.CallerSipCallId}\r\nAuthorization: Digest response=\"secret\"\r\nCSeq: 1 INVITE\r\n\r\n");

        // As on a shard: the message is seen first, and then there is a call.
        SipObservers.Of(traces, export)!.Seen(SipDirection.Received, Flow, message, 0, clock.Now);
        traces.Publish(new CallCreated(call, call.InitiatedAt));

        var packet = await ReceiveAsync(server);
        var text = Encoding.UTF8.GetString(packet);
        Assert.StartsWith("HEP3", text);
        Assert.Contains(call.Id.Value, text);
        Assert.Contains("hep-password", text);
        Assert.Contains("INVITE sip:101@t", text);
        Assert.Contains("response=\"xxxxxx\"", text);
        Assert.DoesNotContain("secret", text);
        var hex = Convert.ToHexString(packet);
        Assert.Contains("00000003000AC0000201" + "00000004000AC6336401", hex);
        Assert.Equal(1, await EventuallyAsync(() => export.Sent));
    }

    [Fact]
    public async Task A_password_that_a_provider_repeats_is_not_sent()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var clock = new Clock(TimeProvider.System);
        var traces = new CallTraces(new TraceOptions { IsOn = false }, clock);
        await using var export = Export(server, traces, clock);
        traces.Secrets.Sent("register-1", ProfilesResource.Blank(TenantId.Default) with { Password = new Secret("correct horse") }, clock.Now);
        export.Seen(SipDirection.Received, Flow, "SIP/2.0 403 Not correct horse\r\nCall-ID: register-1\r\nCSeq: 1 REGISTER\r\n\r\n"u8, 0, clock.Now);
        export.Seen(SipDirection.Received, Flow, "SIP/2.0 403 Not correct horse\r\nCall-ID: of-a-phone\r\nCSeq: 1 INVITE\r\n\r\n"u8, 0, clock.Now);
        Assert.Contains("SIP/2.0 403 Not xxxxxxxxxxxxx\r\n", Encoding.UTF8.GetString(await ReceiveAsync(server)), StringComparison.Ordinal);
        Assert.Contains("SIP/2.0 403 Not correct horse\r\n", Encoding.UTF8.GetString(await ReceiveAsync(server)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Media_is_reported_with_the_calls_id()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var clock = new Clock(TimeProvider.System);
        var traces = new CallTraces(new TraceOptions(), clock);
        await using var export = Export(server, traces, clock);
        var call = FakeExchange.Call(1, CallState.Established) with { CallerAddress = "192.0.2.1:5070", CalleeAddress = "192.0.2.2:5070" };
        traces.Publish(new CallCreated(call, call.InitiatedAt));
        traces.Publish(new CallEnded(call, FakeExchange.Record(1) with { Id = call.Id, AnsweredAt = call.InitiatedAt }, call.InitiatedAt));

        var first = Encoding.UTF8.GetString(await ReceiveAsync(server));
        Assert.Contains(call.Id.Value, first);
        Assert.Contains("\"from\":\"caller\"", first);
        Assert.Contains("\"report_blocks\":[{", first);
        Assert.Contains("\"from\":\"callee\"", Encoding.UTF8.GetString(await ReceiveAsync(server)));
    }

    [Fact]
    public async Task What_does_not_fit_into_the_queue_is_counted_and_dropped()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));

        // A clock of the sender's that does not run: nothing leaves the queue.
        var stopped = new StoppedTime();
        var clock = new Clock(stopped);
        await using var export = new HepExport(Options(server), new CallTraces(new TraceOptions(), clock), _ => Own, clock, stopped, _ => { });
        for (var i = 0; i < 40; i++)
            export.Seen(SipDirection.Received, Flow, "BYE sip:a SIP/2.0\r\nCall-ID: x\r\n\r\n"u8, 0, clock.Now);
        Assert.Equal(24, export.Dropped);
    }

    [Fact]
    public async Task Nothing_between_shards_is_sent()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var clock = new Clock(TimeProvider.System);
        await using var export = Export(server, new CallTraces(new TraceOptions(), clock), clock);
        export.Seen(SipDirection.Sent, Flow with { Transport = SipTransportKind.Internal }, "BYE sip:internal SIP/2.0\r\nCall-ID: x\r\n\r\n"u8, 0, clock.Now);
        export.Seen(SipDirection.Sent, Flow, "BYE sip:outside SIP/2.0\r\nCall-ID: x\r\n\r\n"u8, 0, clock.Now);
        Assert.Contains("BYE sip:outside", Encoding.UTF8.GetString(await ReceiveAsync(server)));
    }

    private static MetricsOptions Options(UdpClient server) =>
        new() { HepServer = server.Client.LocalEndPoint!.ToString()!, HepPassword = new Secret("hep-password"), HepQueue = 16 };

    private static HepExport Export(UdpClient server, CallTraces traces, Clock clock) => new(Options(server), traces, _ => Own, clock, TimeProvider.System, _ => { });

    private static async Task<byte[]> ReceiveAsync(UdpClient server)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        return (await server.ReceiveAsync(patience.Token)).Buffer;
    }

    private static async Task<long> EventuallyAsync(Func<long> value)
    {
        for (var i = 0; i < 1_200 && value() == 0; i++)
            await Task.Delay(50, TestContext.Current.CancellationToken);
        return value();
    }

    private sealed class StoppedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
