using Tandem.Calls.Calls;

namespace Tandem.Calls.Tests.Calls;

public class ForkResponsesTests
{
    // RFC 3261 §16.7 item 6.
    [Theory]
    [InlineData(new[] { 486, 404 }, 486)]
    [InlineData(new[] { 404, 486 }, 486)]
    [InlineData(new[] { 408, 480 }, 480)]
    [InlineData(new[] { 430, 404 }, 404)]
    [InlineData(new[] { 480, 603 }, 603)]
    [InlineData(new[] { 600, 486 }, 600)]
    [InlineData(new[] { 500, 408 }, 408)]
    [InlineData(new[] { 503, 500 }, 500)]
    [InlineData(new[] { 484, 404 }, 484)]
    [InlineData(new[] { 404, 415 }, 415)]
    [InlineData(new[] { 302, 486 }, 486)]
    public void The_best_of_several_refusals_wins(int[] statuses, int best)
    {
        var current = 0;
        foreach (var status in statuses)
        {
            if (ForkResponses.IsBetter(status, current))
                current = status;
        }

        Assert.Equal(best, current);
    }

    [Theory]
    [InlineData(302, 480)]
    [InlineData(401, 480)]
    [InlineData(407, 480)]
    [InlineData(430, 480)]
    [InlineData(422, 480)]
    [InlineData(487, 480)]
    [InlineData(481, 480)]
    [InlineData(503, 500)]
    [InlineData(500, 500)]
    [InlineData(486, 486)]
    [InlineData(404, 404)]
    [InlineData(603, 603)]
    [InlineData(699, 699)]
    public void Only_some_statuses_leave_the_exchange_as_they_came(int status, int toward)
    {
        Assert.Equal(toward, ForkResponses.TowardCaller(status));
    }
}
