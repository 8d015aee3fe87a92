//! Bodies in motion: a thousand of them, turning about the z axis, moved by leapfrog steps
//! (half a kick, a drift, half a kick; Verlet, 1967).

use super::{Bodies, pulls, sky};
use crate::kernel::Film;
use crate::simd::Simd;
use parallax_protocol::Picture;
use std::array::from_fn;

const COUNT: usize = 1024;
const FRAMES: usize = 140;
/// Steps a frame, and their length: a turn takes some 0.25.
const STEPS: usize = 2;
const STEP: f32 = 4e-4;

pub struct Motion {
    at: [Vec<f32>; 3],
    velocity: [Vec<f32>; 3],
    pull: [Vec<f32>; 3],
    frame: usize,
}

impl Motion {
    pub fn new(seed: u64) -> Self {
        let at = Bodies::new(COUNT, seed).at.map(|axis| axis.to_vec());
        let mut motion = Motion {
            velocity: from_fn(|_| vec![0.0; COUNT]),
            pull: from_fn(|_| vec![0.0; COUNT]),
            at,
            frame: 0,
        };
        motion.find_pulls();
        for i in 0..COUNT {
            // Most of the speed at which a body would stay at its distance from the axis.
            let [x, y] = [motion.at[0][i], motion.at[1][i]];
            let inward = -(x * motion.pull[0][i] + y * motion.pull[1][i]);
            let turn = 0.85 * (inward.max(0.0) / (x * x + y * y).max(1e-2)).sqrt();
            motion.velocity[0][i] = -turn * y;
            motion.velocity[1][i] = turn * x;
        }
        motion
    }

    fn find_pulls(&mut self) {
        let at = from_fn(|axis| self.at[axis].as_slice());
        pulls::<Simd>(at, 0, self.pull.each_mut().map(Vec::as_mut_slice));
    }

    fn kick(&mut self) {
        for (velocity, pull) in self.velocity.iter_mut().zip(&self.pull) {
            for (velocity, pull) in velocity.iter_mut().zip(pull) {
                *velocity += 0.5 * STEP * pull;
            }
        }
    }

    fn step(&mut self) {
        self.kick();
        for (at, velocity) in self.at.iter_mut().zip(&self.velocity) {
            for (at, velocity) in at.iter_mut().zip(velocity) {
                *at += STEP * velocity;
            }
        }
        self.find_pulls();
        self.kick();
    }
}

impl Film for Motion {
    fn next(&mut self) -> Option<Picture> {
        if self.frame == FRAMES {
            return None;
        }
        if self.frame > 0 {
            (0..STEPS).for_each(|_| self.step());
        }
        self.frame += 1;
        let speed = |i: usize| self.velocity.iter().map(|v| v[i] * v[i]).sum::<f32>().sqrt();
        Some(sky(from_fn(|axis| self.at[axis].as_slice()), |i| speed(i) / 60.0))
    }
}
