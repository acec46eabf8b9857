using System.Buffers.Binary;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Tandem.Calls.Ports;

namespace Tandem.Server.Streams;

/// <summary>
/// One client that hears a call: gets each frame as a binary message, at its pace. Who is too slow loses frames and is told how many; the call never waits.
/// </summary>
public sealed class SoundFollower(SoundStreams streams, ISoundFork fork, WebSocket socket, TimeProvider time)
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);

    private readonly FollowerSocket _socket = new(socket, streams.Options.SendTimeout, time);
    private readonly short[] _samples = new short[ISoundFork.FrameLength];
    private readonly byte[] _bytes = new byte[ISoundFork.FrameLength * sizeof(short)];
    private long _told;

    /// <summary>Serves until the call is over, the client goes, or <paramref name="stopping"/>.</summary>
    /// <param name="isAllowed">Asked now and then: the session or token is still good.</param>
    /// <param name="stopping">The server stops.</param>
    public Task RunAsync(Func<Task<bool>> isAllowed, CancellationToken stopping) => _socket.RunAsync(over => ServeAsync(isAllowed, over), stopping);

    private async Task ServeAsync(Func<Task<bool>> isAllowed, CancellationToken over)
    {
        try
        {
            await TellAsync("""{"type":"audio.open","rate":16000,"channels":2,"format":"s16le","frame":20}""", over);
            await FollowAsync(isAllowed, over);
        }
        finally
        {
            streams.CountLost(fork.Lost);
        }
    }

    private async Task FollowAsync(Func<Task<bool>> isAllowed, CancellationToken over)
    {
        using var pace = new PeriodicTimer(Frame, time);
        var checkedAt = time.GetTimestamp();
        while (true)
        {
            var isOver = fork.IsOver;
            while (fork.TryTake(_samples))
            {
                for (var i = 0; i < _samples.Length; i++)
                    BinaryPrimitives.WriteInt16LittleEndian(_bytes.AsSpan(2 * i), _samples[i]);
                await _socket.SendAsync(_bytes, WebSocketMessageType.Binary, over);
            }

            if (fork.Lost is var lost && lost > _told)
            {
                await TellAsync(string.Create(CultureInfo.InvariantCulture, $$"""{"type":"audio.gap","milliseconds":{{(lost - _told) * 20}}}"""), over);
                _told = lost;
            }

            if (isOver)
            {
                await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "The call is over");
                return;
            }

            if (time.GetElapsedTime(checkedAt) >= streams.Options.CheckInterval)
            {
                checkedAt = time.GetTimestamp();
                if (!await isAllowed())
                {
                    await _socket.CloseAsync(StreamFollower.NotAllowed, "The session or token has ended");
                    return;
                }
            }

            await pace.WaitForNextTickAsync(over);
        }
    }

    private ValueTask TellAsync(string text, CancellationToken over) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, over);
}
