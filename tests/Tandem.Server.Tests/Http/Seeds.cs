using System.Globalization;
using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Ports;
using Tandem.Calls.Queues;
using Tandem.Calls.Recording;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Mixing;
using Tandem.Media.Recording;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Sip.Engine;
using Tandem.Storage.Webhooks;

namespace Tandem.Server.Http;

/// <summary>Things of the default tenant that no route makes, for tests that walk all routes.</summary>
internal static class Seeds
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Options with which recordings are made, however full the disk is.</summary>
    public static TandemOptions Recording(TandemOptions options) => options with
    {
        Media = options.Media with { Recording = options.Media.Recording with { MinFreeBytes = 0, PollInterval = TimeSpan.FromMilliseconds(5) } },
    };

    /// <summary>A recording that is over; its id.</summary>
    public static async Task<string> RecordingAsync(ApiServer server, string caller)
    {
        var recorder = server.Recordings.TryStart(new RecordingOrder(TenantId.Default, new CallId("call-" + caller), caller, "101", Format: RecordingFormat.Wav), out _)!;
        var silence = new short[320];
        for (var i = 0; i < 10; i++)
            recorder.Write(silence, silence, 16000, Moment.FromMilliseconds(i * 20));
        recorder.Stop();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while ((await server.Storage.Recordings.FindAsync(TenantId.Default, recorder.Id, Cancellation))?.State is null or RecordingState.Recording)
            await timer.WaitForNextTickAsync(Cancellation);
        return recorder.Id;
    }

    /// <summary>A message in a voicemail; its id.</summary>
    public static async Task<string> MessageAsync(ApiServer server, string number, string caller)
    {
        var recording = await RecordingAsync(server, caller);
        var box = await server.Voicemail.BoxAsync(TenantId.Default, number, Cancellation);
        var message = new VoiceMessage(recording, TenantId.Default, number, caller, "call-" + caller, At, TimeSpan.FromSeconds(5)) { OwnedSince = box.OwnedSince };
        Assert.Equal(KeepOutcome.Kept, await server.Voicemail.Keep(message));
        return recording;
    }

    /// <summary>The trace of a call that has begun.</summary>
    public static void Trace(ApiServer server, CallSnapshot call)
    {
        var invite = $"INVITE sip:101@t SIP/2.0\r\nFrom: <sip:{call.CallerNumber}@t>;tag=1\r\nTo: <sip:101@t>\r\nCall-ID: {call.CallerSipCallId}\r\nCSeq: 1 INVITE\r\n\r\n";
        var flow = new SipFlow(SipTransportKind.Udp, NetAddress.FromV4(0, 5060), NetAddress.FromV4(0xC0000201, 5070));
        server.Traces.Seen(SipDirection.Received, flow, Encoding.UTF8.GetBytes(invite), 0, Moment.Zero);
        server.Traces.Publish(new CallCreated(call, call.InitiatedAt));
    }

    /// <summary>Somebody in the room; the room opens with the first. His number in it.</summary>
    public static MemberId Member(ApiServer server, string room, string number, int seed)
    {
        var session = ((IMediaService)server.Media).Open(CallId.New(At, new Random(seed)), TenantId.Default, _ => { })!;
        return server.Rooms.Enter(
            new RoomKey(TenantId.Default, room),
            new RoomEntry(RoomDefinition.Made(room), session, CallSide.Caller, CallId.New(At, new Random(seed + 1_000)), number, RoomRole.Participant, _ => { }),
            out _)!.Member;
    }

    /// <summary>Somebody who is to be called back by a queue; its id.</summary>
    public static string Callback(ApiServer server, string queue)
    {
        var desk = server.Queues.Desk;
        var call = CallId.New(At, new Random(77));
        Assert.Equal(JoinOutcome.Joined, desk.Join(TenantId.Default, new QueueEntry(queue, call, "100"), static () => { }, server.Clock.Now, out var seat));
        Assert.True(desk.AskCallback(TenantId.Default, seat!.Ticket, "100", server.Clock.Now));
        return call.Value;
    }

    /// <summary>Makes a dead letter of the delivery that is due for a webhook; its id.</summary>
    public static string DeadLetter(ApiServer server, string webhook)
    {
        var now = DateTimeOffset.UtcNow.AddHours(1);
        var delivery = Assert.Single(server.Storage.WebhookQueue.Due(webhook, now, 10));
        server.Storage.WebhookQueue.Finish([new DeliveryResult(delivery, DeliveryState.Dead, 503, "status 503", now)], now);
        return delivery.Id;
    }

    /// <summary>20 ms of silence, 8 kHz, 16 bits, mono.</summary>
    public static byte[] Wav()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("RIFF"u8);
        writer.Write(36 + 320);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(8000);
        writer.Write(16000);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(320);
        writer.Write(new byte[320]);
        return stream.ToArray();
    }

    /// <summary>A number as a segment of a path.</summary>
    public static string Text(this MemberId member) => member.Value.ToString(CultureInfo.InvariantCulture);
}
