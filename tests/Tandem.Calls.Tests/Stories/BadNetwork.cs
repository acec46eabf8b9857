using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Network;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>What stories of many seeds over a network that loses, doubles and reorders have in common.</summary>
internal static class BadNetwork
{
    /// <summary>How bad it is for a seed.</summary>
    /// <param name="random">Of the seed.</param>
    /// <param name="loss">Datagrams that vanish at the most, 0 to 1.</param>
    /// <param name="jitter">Random delay at the most, milliseconds.</param>
    public static NetworkConditions Conditions(Random random, double loss = 0.2, int jitter = 100) => new()
    {
        Loss = random.NextDouble() * loss,
        Duplication = random.NextDouble() * 0.2,
        Delay = random.Next(1, 30),
        Jitter = random.Next(0, jitter),
    };

    /// <summary>A phone that is registered, at the address 10.1.0.<paramref name="host"/>.</summary>
    public static DeskPhone Desk(this ExchangeRig rig, string number, int host, int seed)
    {
        var phone = new DeskPhone(rig.Network, number, NetAddress.FromV4(0x0A010000u + (uint)host, 5060), ExchangeRig.ServerAddress, (seed * 7) + host, 20000 + (host * 1000));
        rig.Register(number, phone.ContactUri, phone.Address);
        return phone;
    }

    /// <summary>Lets all timers of requests run out, and what is asked then arrive over a perfect network.</summary>
    public static void CalmDown(this ExchangeRig rig)
    {
        rig.Run(110);
        rig.Network.Change(NetworkConditions.Perfect);
        rig.Run(45);
    }
}
