using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;
using Tandem.Core.Time;

namespace Tandem.Calls.Tests.Voicemail;

public class PinGuardTests
{
    private static readonly TenantId Tenant = TenantId.Default;
    private static readonly TimeSpan LockOut = TimeSpan.FromMinutes(15);
    private static readonly Moment Now = Moment.FromMilliseconds(1_000);

    private readonly PinGuard _guard = new(3, LockOut);

    [Fact]
    public void Guesses_in_a_row_lock_a_box_for_a_while_and_no_other()
    {
        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => _guard.TryGuess(Tenant, "100", Now)));
        Assert.True(_guard.IsLocked(Tenant, "100", Now));
        Assert.False(_guard.IsLocked(Tenant, "101", Now));
        Assert.False(_guard.IsLocked(new TenantId("other"), "100", Now));

        // What is refused does not prolong the lock.
        var later = Now + LockOut;
        Assert.False(_guard.TryGuess(Tenant, "100", later - TimeSpan.FromMilliseconds(1)));
        Assert.False(_guard.IsLocked(Tenant, "100", later));
        Assert.True(_guard.TryGuess(Tenant, "100", later));
        Assert.False(_guard.IsLocked(Tenant, "100", later));
    }

    [Fact]
    public void The_right_pin_begins_anew()
    {
        _guard.TryGuess(Tenant, "100", Now);
        _guard.TryGuess(Tenant, "100", Now);
        _guard.Right(Tenant, "100");

        Assert.Equal(0, _guard.Count);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => _guard.TryGuess(Tenant, "100", Now)));
    }

    [Fact]
    public void A_guess_that_is_taken_back_leaves_those_before_it()
    {
        _guard.TryGuess(Tenant, "100", Now);
        _guard.TakeBack(Tenant, "100");
        Assert.Equal(0, _guard.Count);

        _guard.TryGuess(Tenant, "100", Now);
        _guard.TryGuess(Tenant, "100", Now);
        _guard.TryGuess(Tenant, "100", Now);
        _guard.TakeBack(Tenant, "100");
        Assert.True(_guard.TryGuess(Tenant, "100", Now));
        Assert.False(_guard.TryGuess(Tenant, "100", Now));
    }

    [Fact]
    public void What_is_typed_at_another_node_counts_here()
    {
        _guard.Hear(Tenant, "100", PinChange.Guessed, Now);
        _guard.Hear(Tenant, "100", PinChange.Guessed, Now);
        Assert.True(_guard.TryGuess(Tenant, "100", Now));
        Assert.False(_guard.TryGuess(Tenant, "100", Now));

        // Two looked at the last one at the same moment, and one of them was right.
        _guard.Hear(Tenant, "100", PinChange.Guessed, Now);
        _guard.Hear(Tenant, "100", PinChange.TakenBack, Now);
        Assert.True(_guard.IsLocked(Tenant, "100", Now));
        _guard.Hear(Tenant, "100", PinChange.Opened, Now);
        Assert.Equal(0, _guard.Count);

        // It lapses as what is typed here.
        for (var i = 0; i < 3; i++)
            _guard.Hear(Tenant, "100", PinChange.Guessed, Now);
        Assert.True(_guard.IsLocked(Tenant, "100", Now));
        Assert.True(_guard.TryGuess(Tenant, "100", Now + LockOut));
    }

    [Fact]
    public void What_changes_a_count_is_told_and_what_was_heard_is_not()
    {
        var told = new List<string>();
        _guard.Changed = (tenant, number, change) => told.Add($"{tenant} {number} {change}");
        for (var i = 0; i < 4; i++)
            _guard.TryGuess(Tenant, "100", Now);
        _guard.TakeBack(Tenant, "100");
        _guard.Hear(Tenant, "100", PinChange.Guessed, Now);
        _guard.Right(Tenant, "100");
        Assert.Equal(["default 100 Guessed", "default 100 Guessed", "default 100 Guessed", "default 100 TakenBack", "default 100 Opened"], told);
    }

    /// <summary>Memory is bounded, the boxes of a tenant that is attacked are safe, and those of others are open.</summary>
    [Fact]
    public void A_tenant_whose_boxes_are_guessed_at_fills_the_table_for_nobody_else()
    {
        for (var i = 0; i < 20_000; i++)
            _guard.TryGuess(Tenant, $"{i}", Now);
        for (var i = 0; i < 20_000; i++)
            _guard.Hear(Tenant, $"of-another-node-{i}", PinChange.Guessed, Now);

        Assert.Equal(1_000, _guard.Count);
        Assert.True(_guard.IsLocked(Tenant, "never", Now));
        Assert.False(_guard.IsLocked(Tenant, "1", Now));
        var other = new TenantId("other");
        Assert.False(_guard.IsLocked(other, "never", Now));
        Assert.True(_guard.TryGuess(other, "never", Now));

        // When the time is over, so is that.
        var later = Now + LockOut;
        Assert.False(_guard.IsLocked(Tenant, "never", later));
        Assert.True(_guard.TryGuess(Tenant, "never", later));
        Assert.Equal(1, _guard.Count);
    }

    [Fact]
    public void All_tenants_together_cost_bounded_memory()
    {
        for (var tenant = 0; tenant < 20; tenant++)
        {
            for (var i = 0; i < 1_000; i++)
                _guard.TryGuess(new TenantId($"t{tenant}"), $"{i}", Now);
        }

        Assert.Equal(10_000, _guard.Count);
        Assert.True(_guard.IsLocked(new TenantId("t19"), "1", Now));
        Assert.False(_guard.TryGuess(new TenantId("t19"), "1", Now));
    }

    /// <summary>Calls that type at the same time have no more guesses between them than one after the other.</summary>
    [Fact]
    public async Task Guesses_at_the_same_time_are_counted_each()
    {
        var allowed = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), TestContext.Current.CancellationToken, (_, _) =>
        {
            if (_guard.TryGuess(Tenant, "100", Now))
                Interlocked.Increment(ref allowed);
            return ValueTask.CompletedTask;
        });
        Assert.Equal(3, allowed);
    }
}
