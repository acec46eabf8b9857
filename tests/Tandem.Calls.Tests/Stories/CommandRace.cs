using System.Runtime.InteropServices;
using Tandem.Calls.Events;
using Tandem.Testing.Exchange;
using Tandem.Testing.Network;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>Commands that cross with what phones do, over a network that loses, doubles and reorders.</summary>
internal static class CommandRace
{
    /// <summary>Does all of it, some at once and some up to a second and a half later.</summary>
    /// <param name="isOrdered">As they are given; else in any order.</param>
    public static void Cross(ExchangeRig rig, Random random, List<Action> crossing, bool isOrdered = false)
    {
        if (!isOrdered)
            random.Shuffle(CollectionsMarshal.AsSpan(crossing));
        foreach (var act in crossing)
        {
            act();
            if (random.Next(2) == 0)
                rig.Run(random.NextDouble() * 1.5);
        }
    }

    /// <summary>Waits until nothing is under way any more and everybody hangs up: no call is left, and nobody thinks that he talks.</summary>
    public static void Finish(ExchangeRig rig, DeskPhone[] phones, string at)
    {
        rig.CalmDown();
        for (var i = 0; i < 3; i++)
        {
            foreach (var phone in phones)
                HangUp(phone);
            rig.Run(10);
        }

        var left = rig.Leftovers();
        Assert.True(left.Length == 0, at + left);
        Assert.True(rig.Calls.Count == 0, at + "a call is left");
        Assert.True(phones.All(phone => !phone.Talking.Any()), at + "a phone still talks");
        Assert.True(rig.Events.All.OfType<CallCreated>().Count() == rig.Events.Records.Count, at + "calls without a record");
    }

    /// <summary>Ends what talks and what rings.</summary>
    public static void HangUp(DeskPhone phone) => phone.After(0.001, () =>
    {
        foreach (var line in phone.Talking.ToList())
            phone.HangUp(line);
        phone.GiveUp();
    });
}
