using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Events;
using Tandem.Testing.Exchange;

namespace Tandem.Calls.Tests.Stories;

/// <summary>How the commands of a story ended, over all its seeds.</summary>
internal sealed class CommandOutcomes
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>How many there are of different ones.</summary>
    public int Kinds => _counts.Count;

    /// <summary>How often a command ended so, as <c>hold Done</c>.</summary>
    public int this[string outcome] => _counts.GetValueOrDefault(outcome);

    /// <summary>Plays the seeds from 1 on and counts what each told.</summary>
    public static CommandOutcomes Of(int seeds, Func<int, IEnumerable<CallCommandEnded>> play)
    {
        var outcomes = new CommandOutcomes();
        for (var seed = 1; seed <= seeds; seed++)
        {
            foreach (var told in play(seed))
            {
                var key = $"{told.Command} {told.Outcome}";
                outcomes._counts[key] = outcomes[key] + 1;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(outcomes.ToString());
        return outcomes;
    }

    /// <summary>All that was told of commands: each that was begun has its outcome, and none has two.</summary>
    public static List<CallCommandEnded> AssertToldOnce(ExchangeRig rig, IEnumerable<Task<CommandReply?>> commands, string at)
    {
        var told = rig.Events.All.OfType<CallCommandEnded>().ToList();
        Assert.True(told.Select(e => e.CommandId).Distinct().Count() == told.Count, at + "an outcome was told twice");
        foreach (var task in commands)
        {
            Assert.True(task.IsCompletedSuccessfully, at + "a command was not answered");
            if (task.Result is { Result: CommandResult.Begun } reply)
                Assert.True(told.Exists(e => e.CommandId == reply.CommandId), at + $"a command has no outcome: {reply}");
        }

        return told;
    }

    public override string ToString() => string.Join(", ", _counts);
}
