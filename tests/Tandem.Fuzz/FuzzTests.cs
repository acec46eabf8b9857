namespace Tandem.Fuzz;

/// <summary>The bounded run of ./test: the whole corpus and a fixed number of mutants of each target, from a fixed seed.</summary>
public class FuzzTests
{
    public static TheoryData<string> Names => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_breaks(string name)
    {
        var target = FuzzTargets.All.Single(t => t.Name == name);
        Assert.NotEmpty(Corpus.Of(name));
        var run = new FuzzRun(target, seed: 20_261_121);
        run.Go(target.Runs);
        Assert.True(run.Signatures > 3, $"{run.Signatures} signatures: the mutants do not get anywhere");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        var first = new List<string>();
        var second = new List<string>();
        new FuzzRun(new FuzzTarget("uri", 0, Note(first)), 3).Go(500);
        new FuzzRun(new FuzzTarget("uri", 0, Note(second)), 3).Go(500);
        Assert.Equal(first, second);

        static Func<byte[], int> Note(List<string> list) => input =>
        {
            list.Add(Escapes.Write(input));
            return input.Length;
        };
    }

    [Fact]
    public void A_failure_is_made_small_and_can_be_repeated()
    {
        var target = new FuzzTarget("uri", 0, input => input.Contains((byte)'%') && input.Contains((byte)'@') ? throw new InvalidOperationException("found") : input.Length);
        var failure = Assert.Throws<FuzzFailure>(() => new FuzzRun(target, 1).Go(10_000));
        var line = failure.Message.Split('\n')[2];
        Assert.Equal(2, Escapes.Read(line).Length);
        Assert.Throws<InvalidOperationException>(() => target.Run(Escapes.Read(line)));
    }

    [Fact]
    public void Escapes_are_exact()
    {
        var all = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        Assert.Equal(all, Escapes.Read(Escapes.Write(all)));
    }
}
