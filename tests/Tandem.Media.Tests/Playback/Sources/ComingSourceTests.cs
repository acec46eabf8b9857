using Tandem.Media.Audio;

namespace Tandem.Media.Playback.Sources;

public sealed class ComingSourceTests
{
    private readonly TaskCompletionSource<SoundResult> _coming = new();
    private readonly short[] _frame = [9, 9, 9, 9];

    [Fact]
    public void It_is_silent_until_the_source_is_there_and_plays_it_then()
    {
        using var coming = new ComingSource(_coming.Task, 8_000);
        Assert.Equal((4, 8_000), (coming.Read(_frame), coming.SampleRate));
        Assert.Equal([0, 0, 0, 0], _frame);

        var source = new Counting(8_000, 6);
        _coming.SetResult(SoundResult.Good(source));
        Assert.Equal(4, coming.Read(_frame));
        Assert.Equal([1, 2, 3, 4], _frame);
        Assert.Equal(2, coming.Read(_frame));
        Assert.Equal(0, coming.Read(_frame));
    }

    public static TheoryData<Action<TaskCompletionSource<SoundResult>>> Nothing => new()
    {
        coming => coming.SetResult(SoundResult.Bad("there is no such list")),
        coming => coming.SetException(new IOException("the disk is gone")),
        coming => coming.SetCanceled(TestContext.Current.CancellationToken),
        coming => coming.SetResult(SoundResult.Good(new Counting(16_000, 6))),
    };

    // No such sound, a fault, or one of another rate than was promised: over, as if it had been played.
    [Theory]
    [MemberData(nameof(Nothing), DisableDiscoveryEnumeration = true)]
    public void What_does_not_come_is_over(Action<TaskCompletionSource<SoundResult>> ends)
    {
        using var coming = new ComingSource(_coming.Task, 8_000);
        Assert.Equal(4, coming.Read(_frame));
        ends(_coming);
        Assert.Equal(0, coming.Read(_frame));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_source_is_disposed_once_with_it(bool isRead)
    {
        var source = new Counting(8_000, 6);
        var coming = new ComingSource(_coming.Task, 8_000);
        _coming.SetResult(SoundResult.Good(source));
        if (isRead)
            coming.Read(_frame);
        coming.Dispose();
        await source.Gone.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(1, source.Disposed);
    }

    // A call that ended before its music was open.
    [Fact]
    public async Task A_source_that_comes_after_its_end_is_disposed_of()
    {
        var source = new Counting(8_000, 6);
        new ComingSource(_coming.Task, 8_000).Dispose();
        _coming.SetResult(SoundResult.Good(source));
        await source.Gone.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal((1, 0), (source.Disposed, source.Reads));
    }

    private sealed class Counting(int rate, int length) : IAudioSource
    {
        private int _at;

        public TaskCompletionSource Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int SampleRate => rate;

        public int Disposed { get; private set; }

        public int Reads { get; private set; }

        public int Read(Span<short> samples)
        {
            Reads++;
            var count = Math.Min(samples.Length, length - _at);
            for (var i = 0; i < count; i++)
                samples[i] = (short)++_at;
            return count;
        }

        public void Dispose()
        {
            Disposed++;
            Gone.TrySetResult();
        }
    }
}
