using System.Buffers.Binary;
using System.Net.WebSockets;
using Tandem.Testing.Audio;

namespace Tandem.Scenarios.Stories;

/// <summary>A program hears a call of two real phones over WebSocket.</summary>
[Collection(StageStories.Name)]
public class SoundStreamStories(Stage stage)
{
    private const int Rate = 16_000;
    private const int FramesPerSecond = 50;

    [Fact]
    public async Task Each_phone_is_on_its_channel_and_the_end_of_the_call_closes()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(Stage.Patience));
        var phones = await stage.PhonesAsync("100", "101");
        await phones[0].DialAsync("101");
        await phones[0].EventAsync("CALL_ESTABLISHED", Stage.Patience);
        await stage.TalkAsync();
        var id = (await stage.Server.GetAsync("/api/calls"))[0].GetProperty("id").GetString();

        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{stage.Server.HttpPort}/api/v1/calls/{id}/audio"), patience.Token);
        var sound = new List<short>();
        var buffer = new byte[4_096];
        while (sound.Count < 4 * Rate * 2)
        {
            var received = await socket.ReceiveAsync(buffer, patience.Token);
            Assert.NotEqual(WebSocketMessageType.Close, received.MessageType);
            if (received.MessageType != WebSocketMessageType.Binary)
                continue;

            Assert.Equal(Rate / FramesPerSecond * 4, received.Count);
            for (var i = 0; i < received.Count; i += 2)
                sound.Add(BinaryPrimitives.ReadInt16LittleEndian(buffer.AsSpan(i)));
        }

        await phones[0].HangUpAsync();
        WebSocketReceiveResult last;
        do
            last = await socket.ReceiveAsync(buffer, patience.Token);
        while (last.MessageType != WebSocketMessageType.Close);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, last.CloseStatus);

        // The jitter buffers are filled after a second.
        foreach (var (channel, there, notThere) in new[] { (0, "100", "101"), (1, "101", "100") })
        {
            var wav = new WavFile(Rate, [.. sound.Chunk(2).Skip(Rate).Select(pair => pair[channel])]);
            Assert.InRange(ToneLevel.Of(wav, Stage.ToneOf(there)), -30, 0);
            Assert.True(ToneLevel.Of(wav, Stage.ToneOf(notThere)) < -45, $"channel {channel} has the tone of {notThere}");
        }

        await stage.SilenceAsync();
    }
}
