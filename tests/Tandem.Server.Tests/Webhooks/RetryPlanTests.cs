namespace Tandem.Server.Webhooks;

public sealed class RetryPlanTests
{
    [Theory]
    [InlineData(1, 0.5, 0, 5)]
    [InlineData(1, 0, 0, 4)]
    [InlineData(1, 1, 0, 6)]
    [InlineData(2, 0.5, 0, 20)]
    [InlineData(8, 0.5, 0, 81_920)]
    [InlineData(9, 0.5, 0, 86_400)]
    [InlineData(1_000, 0.5, 0, 86_400)]
    [InlineData(1, 0.5, 60, 60)]
    [InlineData(3, 0.5, 60, 80)]
    [InlineData(1, 0.5, 1_000_000, 86_400)]
    public void Pauses_grow_fourfold_up_to_a_day_and_the_receiver_may_ask_for_more(int attempts, double chance, double asked, double seconds) => Assert.Equal(
        seconds, RetryPlan.Pause(new WebhookOptions(), attempts, chance, asked > 0 ? TimeSpan.FromSeconds(asked) : null).TotalSeconds, 6);
}
