// Who asks: a JWT, checked with a key object. (With a string, jsonwebtoken makes a key at each check, which costs four times as much.)
import { createSecretKey } from 'node:crypto'
import jwt from 'jsonwebtoken'

const key = createSecretKey(Buffer.from('a secret of the benchmark, which protects nothing at all'))

export const userOf = (token) => jwt.verify(token, key, { algorithms: ['HS256'] }).sub

export const tokenOf = (user) => jwt.sign({}, key, { algorithm: 'HS256', subject: user, expiresIn: '2h' })
