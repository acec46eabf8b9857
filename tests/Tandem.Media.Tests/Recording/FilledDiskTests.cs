using System.Security.Cryptography;
using Tandem.Media.Events;
using Tandem.Media.Recording;
using static Tandem.Media.Tests.Recording.RecorderCalls;

namespace Tandem.Media.Tests.Recording;

/// <summary>A disk that fills up while it is written to: what was whole stays and plays, and what is told of it is true.</summary>
public sealed class FilledDiskTests : IDisposable
{
    private static readonly RecordingOptions Quick = new() { PollInterval = TimeSpan.FromMilliseconds(5) };

    private readonly RecordingFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    // Others were faster than the look at the free bytes: the disk takes half of a chunk, and no more.
    [Theory]
    [InlineData(RecordingFormat.Wav)]
    [InlineData(RecordingFormat.Ogg)]
    public async Task A_disk_that_fills_up_within_a_second_leaves_what_was_whole_and_says_so(RecordingFormat format)
    {
        var room = format == RecordingFormat.Wav ? 150_000 : 12_000;
        using var engine = Engine((path, options) => new SmallDisk(path, options, path.EndsWith("a.rec", StringComparison.Ordinal) ? room : int.MaxValue));
        var (recorder, other) = (Start(engine, _folder.Request(format: format)), Start(engine, _folder.Request("b.rec")));
        for (var second = 0; second < 10; second++)
        {
            // A second at a time: nobody empties the ring of a recording that has ended.
            Assert.True(SpinWait.SpinUntil(() => recorder.Completion.IsCompleted || recorder.Ring.Free == Quick.RingSamples, TimeSpan.FromSeconds(60)));
            RecordingFolder.Speak(recorder, recorder.Completion.IsCompleted ? 0 : 50, from: second * 50);
            RecordingFolder.Speak(other, 50, from: second * 50);
        }

        var summary = await recorder.Completion.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal((RecordingEnd.Storage, "No space left on device"), (summary.Reason, summary.Error));
        Assert.Equal(RecordingEnd.Stopped, (await StopAsync(other)).Reason);
        using var file = RecordingFile.TryOpen(_folder["a.rec"], _folder.Key)!;
        Assert.True(file.Verify());
        Assert.Equal((false, summary.Duration, summary.Bytes), (file.IsComplete, file.Duration, file.WholeBytes));
        Assert.InRange(summary.Duration.TotalSeconds, 1, 9);
        Assert.InRange(summary.Bytes, 1, room);
        Assert.Equal(summary.Bytes, new FileInfo(_folder["a.rec"]).Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_folder["a.rec"]))), summary.Sha256);
    }

    [Fact]
    public async Task A_disk_without_room_for_a_beginning_keeps_no_file()
    {
        using var engine = Engine((path, options) => new SmallDisk(path, options, 10));
        var summary = await Start(engine, _folder.Request()).Completion.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal((RecordingEnd.Storage, 0L, "No space left on device"), (summary.Reason, summary.Bytes, summary.Error));
        Assert.False(File.Exists(_folder["a.rec"]));
    }

    // What ftruncate(2) says on a disk that was mounted again for reading only: EPERM, EACCES or EBADF, which are no IOException.
    [Fact]
    public async Task A_disk_that_does_not_even_cut_a_file_ends_its_recording_and_no_other()
    {
        using var engine = Engine((path, options) => path.EndsWith("a.rec", StringComparison.Ordinal) ? new SmallDisk(path, options, 10_000, cuts: false) : new FileStream(path, options));
        var (recorder, other) = (Start(engine, _folder.Request()), Start(engine, _folder.Request("b.rec")));
        RecordingFolder.Speak(recorder, 50);
        RecordingFolder.Speak(other, 50);
        var summary = await recorder.Completion.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal((RecordingEnd.Storage, "No space left on device"), (summary.Reason, summary.Error));
        var whole = await StopAsync(other);
        Assert.Equal((RecordingEnd.Stopped, TimeSpan.FromSeconds(1)), (whole.Reason, whole.Duration));
        using var file = RecordingFile.TryOpen(_folder["a.rec"], _folder.Key)!;
        Assert.Equal((summary.Duration, summary.Bytes), (file.Duration, file.WholeBytes));
    }

    // The bytes are in the file, and only whether the disk keeps them is not known: what is told of the file is what is in it.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_disk_that_fails_to_sync_says_the_length_of_what_is_in_the_file(int seconds)
    {
        using var engine = new RecordingEngine(Quick with { SyncEachSecond = true }, null, (path, options) => new LazyDisk(path, options, seconds));
        var recorder = Start(engine, _folder.Request());
        for (var second = 0; second < seconds; second++)
        {
            RecordingFolder.Speak(recorder, 50, from: second * 50);
            Assert.True(SpinWait.SpinUntil(() => recorder.Completion.IsCompleted || recorder.Ring.Free == Quick.RingSamples, TimeSpan.FromSeconds(60)));
        }

        var summary = await recorder.Completion.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal((RecordingEnd.Storage, "Input/output error", TimeSpan.FromSeconds(seconds)), (summary.Reason, summary.Error, summary.Duration));
        using var file = RecordingFile.TryOpen(_folder["a.rec"], _folder.Key)!;
        Assert.Equal((summary.Duration, summary.Bytes), (file.Duration, file.WholeBytes));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_folder["a.rec"]))), summary.Sha256);
    }

    private static RecordingEngine Engine(Func<string, FileStreamOptions, FileStream> open) => new(Quick, null, open);

    // As a disk with so many bytes left: it takes what fits (write(2)), then ENOSPC.
    private sealed class SmallDisk(string path, FileStreamOptions options, int room, bool cuts = true) : FileStream(path, options)
    {
        private int _left = room;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var fits = Math.Min(_left, buffer.Length);
            base.Write(buffer[..fits]);
            _left -= fits;
            if (fits < buffer.Length)
                throw new IOException("No space left on device");
        }

        public override void SetLength(long value)
        {
            if (!cuts)
                throw new UnauthorizedAccessException("Operation not permitted");
            base.SetLength(value);
        }
    }

    // Takes all, and says at the last of so many syncs that it was lost (fsync(2), EIO).
    private sealed class LazyDisk(string path, FileStreamOptions options, int syncs) : FileStream(path, options)
    {
        private int _left = syncs;

        public override void Flush(bool flushToDisk)
        {
            if (flushToDisk && --_left == 0)
                throw new IOException("Input/output error");
            base.Flush(flushToDisk);
        }
    }
}
