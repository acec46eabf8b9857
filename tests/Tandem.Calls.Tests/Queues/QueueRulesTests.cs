using Tandem.Calls.Queues;

namespace Tandem.Calls.Tests.Queues;

public class QueueRulesTests
{
    private static readonly QueueSettings Good = new() { Name = "sales" };

    public static TheoryData<QueueSettings, string> Refused => new()
    {
        { Good with { Name = "" }, "name" },
        { Good with { Name = "a b" }, "name" },
        { Good with { Name = new string('a', 41) }, "name" },
        { Good with { Number = "12a" }, "number" },
        { Good with { Strategy = (QueueStrategy)9 }, "strategy" },
        { Good with { Weight = 101 }, "weight" },
        { Good with { RingTime = TimeSpan.FromSeconds(2) }, "ringSeconds" },
        { Good with { WrapUp = TimeSpan.FromSeconds(-1) }, "wrapUpSeconds" },
        { Good with { NoAnswerPenalty = TimeSpan.FromHours(2) }, "noAnswerPenaltySeconds" },
        { Good with { MaxWaiting = 0 }, "maxWaiting" },
        { Good with { MaxWait = TimeSpan.FromDays(2) }, "maxWaitSeconds" },
        { Good with { AnnounceEvery = TimeSpan.FromSeconds(4) }, "announceEverySeconds" },
        { Good with { CallbackKey = "12" }, "callbackKey" },
        { Good with { CallbackKey = "x" }, "callbackKey" },
        { Good with { CallbackTo = "_0ZX. regex:(" }, "callbackTo" },
        { Good with { CallbackTries = 0 }, "callbackTries" },
        { Good with { CallbackPause = TimeSpan.FromSeconds(9) }, "callbackPauseSeconds" },
        { Good with { CallbackRing = TimeSpan.FromSeconds(4) }, "callbackRingSeconds" },
        { Good with { CallbackExpiry = TimeSpan.FromDays(8) }, "callbackExpirySeconds" },
        { Good with { CallbackKey = "1", ExitKey = "1" }, "exitKey" },
        { Good with { Music = new string('m', 201) }, "music" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_not_accepted_is_named(QueueSettings queue, string field) => Assert.Equal(field, QueueRules.Check(queue)?.Field);

    [Fact]
    public void The_defaults_are_accepted() => Assert.Null(QueueRules.Check(Good));

    [Theory]
    [InlineData("101", 0, 1, null)]
    [InlineData("", 0, 1, "number")]
    [InlineData("1a", 0, 1, "number")]
    [InlineData("101", 101, 1, "skill")]
    [InlineData("101", 0, 0, "tier")]
    public void Members_too(string number, int skill, int tier, string? field) => Assert.Equal(field, QueueRules.Check(new QueueMember(number, skill, tier))?.Field);
}
