using Tandem.Core.Loops;
using Tandem.Core.Time;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Registrar;

/// <summary>What a registrar uses of the shard that it lives on.</summary>
/// <param name="Index">The number of the shard, from 0.</param>
/// <param name="Engine">Sends the OPTIONS of keep-alives.</param>
/// <param name="Wheel">The shard's timers.</param>
/// <param name="Turns">Where other threads post work for the shard.</param>
/// <param name="Random">For tags, Call-IDs and the spreading of keep-alives.</param>
/// <param name="Clock">Calendar time for bindings and events.</param>
public sealed record RegistrarShard(
    int Index, SipEngine Engine, TimerWheel Wheel, TurnQueue Turns, Random Random, IWallClock Clock);
